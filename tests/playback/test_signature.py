"""Signatures: ratios of what a run allocates and keeps, the same for runs of any size, from events and from readings."""

from pathlib import Path

import pytest

from zoneviz.app.captures import import_files
from zoneviz.app.running import run
from zoneviz.playback.likeness import distance
from zoneviz.playback.signature import LEAST, Signature, signature
from zoneviz.recording import Recording
from zoneviz.spec import RunSpec


def of(path: Path) -> Signature:
    with Recording(path) as recording:
        found = signature(recording)
    assert found is not None
    return found


def ran(path: Path, scenario: str, *settings: str, most: int | None = None) -> Path:
    run(RunSpec(scenario, settings=settings, output=path, force=True, max_events=most))
    return path


def test_the_ratios_are_those_of_the_operation(tmp_path: Path) -> None:
    found = of(ran(tmp_path / "a.zvz", "kernel-loop", "operation=thread_create", "zone_map_size=256K"))
    grown = found.half.grown
    assert sum(grown.values()) == pytest.approx(1) and sum(found.last.allocated.values()) == pytest.approx(1)
    # A thread has two ports, and with MACH_IPC_COMPAT a reference to the second in kalloc.16.
    assert grown["ipc ports"] / grown["threads"] == pytest.approx(2, rel=0.01)
    assert found.kept == pytest.approx(5 / 6, rel=0.01) and found.left == 1.0
    assert found.one_task is not None and found.one_task > 0.98 and found.ending == ("panic", "zone_map")


def test_a_larger_run_has_the_same_signature_and_another_workload_has_not(tmp_path: Path) -> None:
    small, large = (
        of(ran(tmp_path / f"{size}.zvz", "kernel-loop", "operation=vm_allocate_touch", f"zone_map_size={size}")) for size in ("512K", "2M")
    )
    other = of(ran(tmp_path / "o.zvz", "kernel-loop", "operation=mach_port_allocate", "zone_map_size=512K"))
    assert distance(small, large) < 0.02 < 0.2 < distance(small, other)


def test_a_run_that_was_stopped_is_compared_without_its_end(tmp_path: Path) -> None:
    words = ("kernel-loop", "operation=vm_allocate", "zone_map_size=512K")
    whole, stopped = of(ran(tmp_path / "a.zvz", *words)), of(ran(tmp_path / "b.zvz", *words, most=40_000))
    assert stopped.ending is None and whole.ending is not None
    assert distance(whole, stopped) < 0.02


def test_a_run_in_which_nothing_happens_has_no_signature(tmp_path: Path) -> None:
    with Recording(ran(tmp_path / "a.zvz", "boot")) as recording:
        assert signature(recording) is None


def test_what_a_process_leaves_is_less_than_it_used(tmp_path: Path) -> None:
    found = of(ran(tmp_path / "a.zvz", "storm-survived", "clients=2", "opens=200"))
    assert found.left < 0.3 and found.kept is not None and found.kept < 0.1


def table(path: Path, growth: dict[str, int], readings: int) -> Path:
    """Readings of zones that grow by a number of elements each, beside one that does not."""
    rows = ["time,zone,elements,bytes"]
    for n in range(readings):
        rows += [f"{60 * n},{zone},{100 + n * each},{(100 + n * each) * 64}" for zone, each in growth.items()]
        rows.append(f"{60 * n},maps,50,3200")
    source = path.with_suffix(".csv")
    source.write_text("\n".join(rows) + "\n")
    import_files([source], path)
    return path


def test_readings_have_growth_only_and_later_names_are_known(tmp_path: Path) -> None:
    found = of(table(tmp_path / "a.zvz", {"ipc_port": 200, "thread": 100}, 6))
    assert found.half.grown == pytest.approx({"ipc ports": 2 / 3, "threads": 1 / 3})
    assert found.half.allocated == {} and found.kept is None and found.one_task is None and found.ending is None


def test_many_readings_are_read_from_their_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = table(tmp_path / "a.zvz", {"ipc_port": 20, "thread": 10, "task": 7, "kalloc.64": 3}, 2000)
    whole = of(path)
    monkeypatch.setattr("zoneviz.playback.signature._MANY", 1000)
    monkeypatch.setattr("zoneviz.playback.signature.ReadingPoints", None)
    assert distance(of(path), whole) < 0.01


@pytest.mark.parametrize(("growth", "readings"), [({"ipc_port": 500}, 2), ({"ipc_port": LEAST // 4 - 1}, 5)])
def test_few_readings_or_little_growth_have_no_signature(tmp_path: Path, growth: dict[str, int], readings: int) -> None:
    with Recording(table(tmp_path / "a.zvz", growth, readings)) as recording:
        assert signature(recording) is None
