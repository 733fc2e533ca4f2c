"""What is said about readings: growth, regimes and limits of zones, and nothing about causes."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.playback.test_readings import at_times
from tests.recording.readings import HEADER, readings, record
from zoneviz.app.captures import import_text
from zoneviz.app.diagnosis import diagnose as diagnosed
from zoneviz.app.howto import SYSTEMS
from zoneviz.playback.diagnosis import Diagnosis, diagnose
from zoneviz.playback.diagnosis.reading_sentences import HOWTO, NEXT
from zoneviz.recording import Recording
from zoneviz.recording.header import LIVE

HEAD = "time,zone,elements,bytes\n"


def table(folder: Path, rows: list[tuple[int, str, int, int]]) -> Diagnosis:
    """The diagnosis of a table of (seconds, zone, elements, bytes)."""
    import_text(HEAD + "".join(f"{time},{zone},{count},{size}\n" for time, zone, count, size in rows), folder / "a.zvz")
    return diagnosed(folder / "a.zvz")


def said(found: Diagnosis, kind: str) -> list[str]:
    return [finding.sentence for finding in found.findings if finding.kind == kind]


def test_growth_is_named_without_those_that_shrink_under_pressure(tmp_path: Path) -> None:
    with at_times(tmp_path / "a.zvz", [3600, 7200, 10800], late=1) as recording:
        found = diagnose(recording)
    assert found.findings[0].sentence == "The readings end without a panic."
    assert said(found, "since") == ["No slab cache grew that the system does not take back."], "only dentry grew"
    assert said(found, "largest")[0].startswith("Largest slab cache, those that the system takes back aside: filp with 488 KiB")
    assert "2.93 KiB of slab caches such as dentry, +1.95 KiB since the first reading" in said(found, "innocent")[0]


def test_linux_is_sent_to_its_page_and_to_the_option_that_keeps_caches_apart(tmp_path: Path) -> None:
    row = "{:<18} {} {} 192 21 1 : tunables 0 0 0 : slabdata 9 9 0\n"
    import_text("slabinfo - version: 2.1\n" + row.format("filp", 100, 189) + row.format("kmem_cache", 21, 189), tmp_path / "a.zvz")
    (text,) = said(diagnosed(tmp_path / "a.zvz"), "next")
    assert "`zoneviz howto linux`" in text and "slab_nomerge" in text


@pytest.mark.parametrize(("system", "command"), [("Linux 6.18.4 x86_64", "sudo zoneviz record --stacks"), ("FreeBSD 14", "--every 1m")])
def test_of_a_machine_that_zoneviz_has_recorded_its_own_command_comes_next(system: str, command: str, tmp_path: Path) -> None:
    record(tmp_path / "a.zvz", readings(3, 4), header=replace(HEADER, kind=LIVE, system=system))
    with Recording(tmp_path / "a.zvz") as recording:
        (text,) = said(diagnose(recording), "next")
    assert command in text and "howto" not in text and "import" not in text


def test_every_system_has_a_page() -> None:
    assert {HOWTO.get(system, system.lower()) for system in NEXT} == set(SYSTEMS)


def test_one_reading_shows_no_growth(tmp_path: Path) -> None:
    with at_times(tmp_path / "a.zvz", [3600]) as recording:
        found = diagnose(recording)
    assert said(found, "since") == ["One reading shows no growth. Capture a second one."] and not said(found, "growth")


def test_what_grew_what_shrank_and_no_culprit(tmp_path: Path) -> None:
    rows = []
    for hour in range(12):
        rows += [(hour * 3600, "leaky", 1000 * hour + 10, 1_024_000 * hour + 10_240), (hour * 3600, "calm", 50, 50_000 + 9_000 * hour)]
        rows += [(hour * 3600, "gone", 120 - 10 * hour, 120_000 - 10_000 * hour), (hour * 3600, "dentry", 9, 90_000_000)]
    found = table(tmp_path, rows)
    (grown,) = said(found, "since")
    assert grown == "“leaky” grew from 10 KiB to 10.8 MiB, 99 % of all growth, by 1,000 KiB/h; 1,000 per hour in elements."
    assert said(found, "shrank") == ["Shrank: gone by 107 KiB."]
    assert said(found, "others") == ["The limit is not in the file: it cannot say when it is reached."]
    assert (found.pattern, found.confidence, found.task, found.holders) == ("none", "open", 0, [])
    assert not any("the cause is" in finding.sentence.lower() for finding in found.findings)
    assert [row.zone for row in found.zones] == ["dentry", "leaky", "calm", "gone"]


def test_a_knee_is_the_moment_to_show(tmp_path: Path) -> None:
    sizes = [1_000_000 + 1_000 * i for i in range(20)] + [1_019_000 + 100_000 * i for i in range(1, 21)]
    found = table(tmp_path, [(600 * i, "z", 1, size) for i, size in enumerate(sizes)])
    since = next(finding for finding in found.findings if finding.kind == "since")
    assert "5.86 KiB/h until 3 h 10 min 00 s, then 586 KiB/h (100 times as fast)" in since.sentence
    assert since.numbers["rate now"] == pytest.approx(100_000 / 600) and since.range is not None and since.range[0] == since.seq
    assert diagnosed(tmp_path / "a.zvz", str(since.seq)).time == 19 * 600 * 10**9


def test_without_times_there_is_no_rate(tmp_path: Path) -> None:
    import_text("time,zone,elements,bytes\n,a,5,5000\n", tmp_path / "b.zvz")
    assert diagnosed(tmp_path / "b.zvz").time_kind == "events"
    assert said(diagnosed(tmp_path / "b.zvz"), "since") == ["One reading shows no growth. Capture a second one."]
