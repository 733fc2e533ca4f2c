"""The pattern and its confidence, from bytes and counts."""

from zoneviz.playback.diagnosis.memories import Memory
from zoneviz.playback.diagnosis.patterns import Grown, verdict

FULL = [Memory("zone_map", 100, 100, 0, ended=True)]
EMPTY = dict.fromkeys(("processes", "threads", "ports", "messages", "address spaces", "other"), 0)


def test_recursive_forking_has_no_one_parent() -> None:
    new = tuple(range(10, 60))
    parts = {"processes": 90, "threads": 5, "ports": 5}
    parts |= dict.fromkeys(("messages", "address spaces", "other"), 0)
    bomb = Grown(new, {}, {}, {}, 0, {9: 50})
    chain = Grown(new, {}, {}, {}, 0, {task - 1: 1 for task in new})
    assert (verdict(FULL, parts, parts, parts, bomb).pattern, verdict(FULL, parts, parts, parts, bomb).task) == ("fork bomb", 9)
    assert verdict(FULL, parts, parts, parts, chain).pattern == "recursive forking"


def test_a_cause_has_most_of_the_bytes() -> None:
    more = Grown((), {3: 500}, {4: 5000}, {}, 0, {})

    def said(**parts: int) -> tuple[str, str]:
        found = verdict(FULL, EMPTY | parts, EMPTY | parts, EMPTY | parts, more)
        return found.pattern, found.confidence

    assert said(threads=60, ports=40) == ("thread explosion", "cause")
    assert said(threads=46, ports=30, other=24) == ("thread explosion", "likely")
    assert said(threads=51, ports=49) == ("other", "open")


def test_a_part_that_stopped_growing_is_not_the_cause() -> None:
    more = Grown((), {3: 500}, {4: 5000}, {}, 0, {})

    def said(threads: int, ports: int, last: str) -> tuple[str, str]:
        late = EMPTY | {"threads": threads, "ports": ports}
        found = verdict(FULL, EMPTY | {"threads": 35, "ports": 65}, late, EMPTY | {last: 5}, more)
        return found.pattern, found.confidence

    assert said(24, 1, "threads") == ("thread explosion", "cause")
    assert said(15, 10, "threads") == ("thread explosion", "likely")
    assert said(9, 16, "ports") == ("port leak", "cause")
    # It fills the memory, but another part took the very last of it.
    assert said(9, 16, "threads") == ("port leak", "likely")


def test_a_zone_map_full_of_free_elements_is_not_filling_up() -> None:
    more = Grown((), {3: 500}, {}, {}, 0, {})
    full = [Memory("zone_map", 1000, 1000, 0)]

    def said(threads: int) -> str:
        parts = EMPTY | {"threads": threads}
        return verdict(full, parts, parts, parts, more).pattern

    assert (said(60), said(600)) == ("none", "thread explosion")
