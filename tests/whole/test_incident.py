"""An incident of made-up figures in the format of real reports: what the diagnosis of its two boots says."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.app.test_captures import G, jetsam, panic
from zoneviz.app.captures import import_files
from zoneviz.app.diagnosis import diagnose
from zoneviz.playback.diagnosis import Diagnosis

H = 3600 * 10**9


def boots(folder: Path, sizes: Sequence[tuple[float, int]], panics: Sequence[tuple[float, float]]) -> list[Diagnosis]:
    """The diagnoses of JetsamEvents of (hours, bytes of the zone map) and panics of (hours, uptime in hours)."""
    for number, (hours, used) in enumerate(sizes):
        (folder / f"JetsamEvent-{number}.ips").write_text(jetsam(hours, used, number))
    for number, (hours, uptime) in enumerate(panics):
        (folder / f"{number}.panic").write_text(panic(hours, uptime, 20971520 + number))
    made = import_files([folder], folder / "out.zvz")["recordings"]
    return [diagnose(Path(each["file"])) for each in made]


def test_two_regimes_the_knee_the_cap_and_two_ends(tmp_path: Path) -> None:
    first, second = boots(tmp_path, [(2, 3 * G), (10, 5 * G), (12, 12 * G), (14, 19 * G)], [(15, 15), (40, 20)])
    said = "\n".join(finding.sentence for finding in first.findings)
    assert said.startswith("The machine panicked at 15 h 00 min 00 s: the zone map was full. This boot ends there.")
    assert "Zone map: 256 MiB/h until 10 h 00 min 00 s, then 3.5 GiB/h (14 times as fast)." in said
    assert "“data.kalloc.1024” grew from 2 GiB to 20 GiB, 100 % of all growth: 256 MiB/h until 10 h" in said
    assert "Zone map: 19 GiB of 22 GiB, 86 % of its limit when last reported" in said
    assert "the panicked task, its thread and its call path show only who asked" in said
    growth = first.finding("growth")
    assert growth is not None and growth.numbers["soonest"] <= growth.numbers["full at"] <= growth.numbers["latest"]
    assert growth.numbers["full at"] == pytest.approx(14 * H + 3 / 3.5 * H, rel=0.01)
    ended = first.ended
    assert ended is not None and (ended.name, ended.size) == ("zone_map", 22 * G)
    said = "\n".join(finding.sentence for finding in second.findings)
    assert "The machine panicked at 20 h 00 min 00 s" in said and "One reading shows no growth" in said
    assert "“data.kalloc.1024” had 20,971,521 elements after 20 h: 291 per second on average since boot." in said
    assert "run `sudo zprint` every 10 minutes" in said


def test_a_zone_map_at_47_percent_did_not_end(tmp_path: Path) -> None:
    (found,) = boots(tmp_path, [(hours, 10 * G + hours * 100) for hours in (1, 5, 9)] + [(10, round(10.34 * G))], [])
    assert found.ended is None and found.filled == ""
    others = found.finding("others")
    assert others is not None and others.sentence == "Zone map: 10.3 GiB of 22 GiB, 47 % of its limit. It was not full here."
    largest = found.finding("largest")
    assert largest is not None and largest.sentence.endswith("Large is not the same as leaking.")
