"""The conclusion of a diagnosis never contradicts its evidence, and each share says of what: in many recordings, moments, stretches."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.recording import live_machine
from tests.recording.readings import readings, record
from zoneviz import resources
from zoneviz.playback.diagnosis import Diagnosis, diagnose
from zoneviz.playback.diagnosis.conclusion import CLOSE, GROWS, QUIET, conclusion
from zoneviz.playback.diagnosis.memories import Memory
from zoneviz.playback.diagnosis.results import LEAK, NO_LEAK, Finding
from zoneviz.recording import Recording

RUNS = [
    ("fork-bomb", "rate=100"),
    ("fork-bomb", "rate=0", "session=ssh"),
    ("five-children",),
    ("five-children", "zone_map_size=2M"),
    ("boot",),
    ("boot", "zone_map_size=4M"),
    ("ports-to-dev-null", "opens=100"),
    ("port-leak", "rate=100"),
    ("kernel-loop", "operation=mach_port_allocate"),
    ("disk-load", "pages=200", "zone_map_size=4M"),
]
BARE = re.compile(r"\d %(?! of )")
"""A share that does not say of what."""
MOMENTS = (1.0, 0.6, 0.25)
"""Shares of the events after which a run is diagnosed."""


def contradictions(found: Diagnosis) -> Iterator[str]:
    """What the findings say that others deny."""
    said = [finding.sentence for finding in found.findings]
    kinds = [finding.kind for finding in found.findings]

    def says(words: str) -> bool:
        return any(words in sentence for sentence in said)

    fullest = max((memory.full for memory in found.memories), default=0.0)
    if says(QUIET) and ({*GROWS, "growth"} & set(kinds) or found.ended or fullest >= CLOSE):
        yield "quiet, but memory grows, is nearly full or ran out"
    if says("No memory ran out") and found.ended:
        yield "no memory ran out, but one did"
    if says("Ran out at") and not found.ended:
        yield "a memory ran out that did not"
    if kinds.count("pattern") + kinds.count("growth") == 0 and found.zones and "since" not in kinds:
        yield "no conclusion"
    if says("The cause is") != (found.confidence == "cause" and found.ended is not None and found.verdict is None) and not says("likely"):
        yield "a cause without certainty, or the reverse"
    if says("No leak") != (found.verdict == NO_LEAK) or (found.verdict == LEAK) != bool(found.growth):
        yield "a leak without rows, or rows without a leak"
    if says(" grew from ") and says(" grew that the system does not take back"):
        yield "something grew, and nothing did"
    if says("It was not full here") and says(" was full. This boot ends there"):
        yield "full, and not full"
    if says("is not growing at the end") and says(" grows by "):
        yield "growing, and not growing"


def check(recording: Recording) -> None:
    first, count = recording.first_event, recording.event_count
    for share in MOMENTS:
        at = first + round((count - first) * share)
        for begin in (None, (first + at) // 2):
            found = diagnose(recording, at, begin)
            assert [finding.sentence for finding in found.findings if BARE.search(finding.sentence)] == []
            assert list(contradictions(found)) == [], (recording.path, at, begin, [finding.sentence for finding in found.findings])


@pytest.mark.parametrize("run", RUNS, ids=lambda run: " ".join(run))
def test_of_simulated_runs(made: Callable[..., Path], run: tuple[str, ...]) -> None:
    with Recording(made(*run)) as recording:
        check(recording)


@pytest.mark.parametrize("path", [path for path in resources.recordings() if "fork-bomb" not in path.name], ids=lambda path: path.name)
def test_of_the_examples(path: Path) -> None:
    """Runs, an imported stream and captures; not the longest one, whose scenario is among RUNS."""
    with Recording(path) as recording:
        check(recording)


@pytest.mark.parametrize("seed", range(6))
def test_of_readings(tmp_path: Path, seed: int) -> None:
    record(tmp_path / "a.zvz", readings(20, 8, seed))
    with Recording(tmp_path / "a.zvz") as recording:
        check(recording)


def test_of_a_live_machine(tmp_path: Path) -> None:
    live_machine.record(tmp_path / "a.zvz", 3, allocs=300).finish("finished")
    with Recording(tmp_path / "a.zvz") as recording:
        check(recording)


def memory(used: int, ended: bool = False) -> Memory:
    return Memory("zone_map", 100, 100, 100 - used, ended=ended)


@pytest.mark.parametrize(
    ("kinds", "memories", "said"),
    [
        ([], [], QUIET),
        ([], [memory(49)], QUIET),
        (["growth", "since"], [memory(20)], ""),
        (["since"], [memory(20)], "No memory was close to full at the end, although some of it grew."),
        ([], [memory(20), memory(80)], "No memory ran out, but 80 % of zone_map is used. No known pattern explains it."),
        (["since"], [memory(100, True)], "No known pattern explains why zone_map ran out."),
    ],
)
def test_it_follows_from_the_findings(kinds: list[str], memories: list[Memory], said: str) -> None:
    assert conclusion([Finding(kind, "") for kind in kinds], memories) == said
