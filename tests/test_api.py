"""`import zoneviz`: light to import, arrays of the right shapes, errors that are ZonevizError."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import zoneviz
from zoneviz.api import Recording
from zoneviz.app.diagnosis import diagnose
from zoneviz.app.running import Progress
from zoneviz.app.spec import recordings_folder
from zoneviz.app.state import state as app_state
from zoneviz.app.sweeping import Sweep
from zoneviz.state.figures import MACHINE_FIGURES


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("api") / "bomb.zvz"
    zoneviz.run("fork-bomb", seed=3, zone_map_size="256K", output=path).close()
    return path


@pytest.fixture
def recording(path: Path) -> Recording:
    return Recording(path)


def test_importing_it_loads_neither_qt_nor_numpy_nor_sqlite() -> None:
    code = "import sys; import zoneviz; print(zoneviz.__version__, dir(zoneviz)); print(*sys.modules)"
    said, modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()
    assert said.startswith(zoneviz.__version__) and "'run'" in said
    loaded = set(modules.split())
    assert not {"numpy", "sqlite3", "PySide6", "typer", "rich"} & loaded
    assert {name for name in loaded if name.startswith("zoneviz")} == {"zoneviz"}


def test_using_it_loads_no_qt(path: Path) -> None:
    code = f"import sys, zoneviz; zoneviz.open({str(path)!r}).zones(); print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "numpy" in modules and not {"PySide6", "pyqtgraph", "typer", "rich"} & set(modules)


def test_submodules_are_imported_as_before() -> None:
    code = "from zoneviz import __version__, recording; import zoneviz.playback; print(recording.Recording, zoneviz.playback.Player)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).returncode == 0
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = zoneviz.nothing


def test_a_run_takes_text_and_typed_values(tmp_path: Path) -> None:
    seen: list[Progress] = []
    with zoneviz.run("fork-bomb", settings={"zone_map_size": 1 << 18}, seed=3, output=tmp_path / "a.zvz", on_progress=seen.append) as one:
        first = one.info
    assert seen and first["seed"] == 3 and first["parameters"]["zone_map_size"] == 1 << 18
    with zoneviz.run("boot", profile="debian-2007") as other:
        assert other.info["profile"] == "debian-2007" and other.path.parent == recordings_folder()


def test_the_same_seed_gives_the_same_events(path: Path, tmp_path: Path) -> None:
    with zoneviz.open(path) as one, zoneviz.run("fork-bomb", seed=3, zone_map_size="256K", output=tmp_path / "b.zvz") as other:
        assert one.info["digest"] == other.info["digest"]


def test_zones_and_machine_are_those_of_the_state(recording: Recording, path: Path) -> None:
    for at in ("panic", 1000):
        state = app_state(path, str(at))
        zones = recording.zones(at=at)
        assert zones["name"].tolist() == [zone["name"] for zone in state["zones"]]
        assert zones["in_use"].dtype == np.int64 and zones["in_use"].tolist() == [zone["in_use"] for zone in state["zones"]]
        assert recording.machine(at)["counts"] == state["counts"]


def test_elements_add_up_to_the_zones(recording: Recording) -> None:
    elements, zones = recording.elements(at="panic"), recording.zones(at="panic")
    in_use = dict(zip(zones["name"].tolist(), zones["in_use"].tolist(), strict=True))
    names, counts = np.unique(elements["zone"].astype(str), return_counts=True)
    assert dict(zip(names.tolist(), counts.tolist(), strict=True)) == {name: count for name, count in in_use.items() if count}
    assert (np.diff(elements["address"]) > 0).all() and (elements["asked"] <= elements["size"]).all()
    assert any(" > " in text for text in elements["call_path"])


def test_events_of_a_range_and_a_filter(recording: Recording) -> None:
    whole = recording.events()
    assert whole.rows == recording.info["events"] and whole["seq"].tolist() == list(range(1, whole.rows + 1))
    part = recording.events(100, 200)
    assert part["seq"].tolist() == list(range(100, 201)) and all((part[name] == whole[name][99:200]).all() for name in part)
    zalloc = recording.events(where="kind=zalloc zone=kalloc.64")
    assert 0 < zalloc.rows < whole.rows and set(zalloc["kind"]) == {"ZALLOC"} and set(zalloc["zone"]) == {"kalloc.64"}
    assert recording.events(5, 5).rows == 1 and repr(part).startswith("<Table of 101 rows: seq, ")
    with pytest.raises(ValueError):
        part["seq"][0] = 7


def test_series(recording: Recording) -> None:
    zones = recording.series("zones")
    names = recording.zones()["name"].tolist()
    assert list(zones) == ["seq", "time_ns", *names] and (np.diff(zones["seq"]) > 0).all()
    assert [int(zones[name][-1]) for name in names] == recording.zones()["cur_size"].tolist()
    assert [int(recording.series(figure="in_use")[name][-1]) for name in names] == recording.zones()["in_use"].tolist()
    assert list(recording.series("machine")) == ["seq", "time_ns", *MACHINE_FIGURES]
    some = recording.series("machine", first=5000, last=9000)
    assert some.rows and (some["seq"] >= 5000).all() and (some["seq"] <= 9000).all()


@pytest.mark.parametrize("view", ["threads", "ports", "tasks", "pages"])
def test_other_views_have_columns_of_one_length(recording: Recording, view: str) -> None:
    table = getattr(recording, view)(at="end")
    assert table.rows > 5 and {len(values) for values in table.values()} == {table.rows}


def test_allocations(recording: Recording) -> None:
    found = recording.allocations("zone")
    used = {str(name): int(n) for name, n in zip(found["zone"], found["in_use"], strict=True) if n}
    zones = recording.zones()
    assert used == {str(name): int(n) for name, n in zip(zones["name"], zones["in_use"], strict=True) if n}
    assert (found["pingpong"] == -1).all() and np.isnan(found["fragmentation"]).any() and not np.isnan(found["fragmentation"]).all()
    ports = recording.allocations("pointer", 1000, 5000, 'zone="ipc ports"')
    assert set(ports["zone"]) == {"ipc ports"} and ports["last_event"].max() <= 5000 and (np.diff(ports["allocated_bytes"]) <= 0).all()
    with pytest.raises(zoneviz.UsageError, match=r"^Allocations are not grouped by 'size'; use: site, path, pointer, zone\.$"):
        recording.allocations("size")


def test_the_diagnosis_is_that_of_the_command_line(recording: Recording, path: Path) -> None:
    assert recording.diagnose().as_json() == diagnose(path).as_json()
    assert recording.diagnose(first=1000, last=9000).as_json() == diagnose(path, span="1000:9000").as_json()
    assert recording.diagnose("panic").pattern == "fork bomb"


def test_data_frames(recording: Recording) -> None:
    pandas = pytest.importorskip("pandas")
    frame = recording.zones().to_pandas()
    assert isinstance(frame, pandas.DataFrame) and frame["in_use"].sum() == recording.zones()["in_use"].sum()
    assert list(frame.columns) == list(recording.zones())


def test_polars_data_frames(recording: Recording) -> None:
    polars = pytest.importorskip("polars")
    frame = recording.events(1, 50).to_polars()
    assert isinstance(frame, polars.DataFrame) and frame["seq"].to_list() == list(range(1, 51)) and frame["kind"].dtype == polars.String


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_missing_library_is_a_sentence(library: str, recording: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(zoneviz.EnvironmentProblem, match=rf"pip install 'zoneviz\[{library}\]'"):
        getattr(recording.zones(), f"to_{library}")()


def test_errors(recording: Recording, path: Path, tmp_path: Path) -> None:
    for wrong in (
        lambda: recording.zones(at="later"),
        lambda: recording.zones(at=10**9),
        lambda: recording.events(9, 3),
        lambda: recording.events(first=-5),
        lambda: recording.events(where="colour=red"),
        lambda: recording.series("nothing"),
        lambda: recording.series(figure="nothing"),
        lambda: recording.diagnose(at="later"),
        lambda: zoneviz.run("nothing"),
        lambda: zoneviz.run("boot", nothing=1),
        lambda: zoneviz.run("boot", output=path),
    ):
        with pytest.raises(zoneviz.UsageError):
            wrong()
    for file in (tmp_path / "missing.zvz", tmp_path, Path(__file__)):
        with pytest.raises(zoneviz.InputError):
            zoneviz.open(file)


def test_a_closed_recording_says_so(path: Path) -> None:
    with zoneviz.open(path) as recording:
        assert repr(recording) == f"<zoneviz.Recording {path}>"
    recording.close()
    assert repr(recording).endswith(", closed>")
    for use in (recording.zones, recording.events, recording.series, recording.diagnose, recording.elements, lambda: recording.info):
        with pytest.raises(zoneviz.UsageError, match="is closed"):
            use()


def test_a_sweep_is_a_table_of_its_runs_and_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.zvs"
    said: list[Sweep] = []
    runs = zoneviz.sweep(
        "fork-bomb", {"zone_map_size": ["64K", 131072], "session": "console"}, output=path, workers=1, on_progress=said.append, rate=5
    )
    assert runs.rows == 2 and runs["set_zone_map_size"].tolist() == [65536, 131072] and runs["memory"].tolist() == ["zone_map"] * 2
    assert runs["forks"].dtype == np.int64 and runs["simulated_seconds"].dtype == np.float64 and said[-1].done == 2
    again = zoneviz.results(path)
    assert {name: values.tolist() for name, values in again.items()} == {name: values.tolist() for name, values in runs.items()}
    with pytest.raises(zoneviz.UsageError, match="holds another sweep"):
        zoneviz.sweep("fork-bomb", {"zone_map_size": ["64K"]}, output=path)
    with pytest.raises(zoneviz.InputError, match="There is no file"):
        zoneviz.results(tmp_path / "no.zvs")
