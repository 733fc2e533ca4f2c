"""A recording is verified against itself and against a second run; tampering is found."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from zoneviz.app.imports import import_stream
from zoneviz.app.model import PARTS, model_version
from zoneviz.app.parts import cut
from zoneviz.app.running import run
from zoneviz.app.verify import verify
from zoneviz.events import Kind
from zoneviz.playback import Player
from zoneviz.recording import Recorder, Recording
from zoneviz.spec import RunSpec

LOOP = ("operation=task_create", "zone_map_size=1M")
STREAM = Path(__file__).parents[1] / "importers" / "data" / "10_forkrun_12m.csv.zst"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("verify") / "a.zvz"
    run(RunSpec("kernel-loop", "upstream-2007", LOOP, output=path))
    return path


@pytest.fixture
def copy(good: Path, tmp_path: Path) -> Path:
    path = tmp_path / "copy.zvz"
    path.write_bytes(good.read_bytes())
    return path


def sql(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)


def forged(path: Path, output: Path, change: Callable[[list[list[int]]], object], **head: object) -> Path:
    """A recording with other events that is valid in itself, because the recorder made it."""
    with Recording(path) as recording:
        rows = recording.events()[:, 1:].tolist()
        change(rows)
        header = replace(recording.header, **head)  # type: ignore[arg-type]
        recorder = Recorder(output, recording.catalog, header)
        for row in rows:
            recorder.sink(row)
        recorder.finish(recording.header.outcome, {})
    return output


def test_a_valid_recording_is_reproduced(good: Path) -> None:
    found = verify(good)
    assert (found["ok"], found["sound"], found["reproduced"], found["problems"], found["divergence"]) == (True, True, True, [], None)
    quick = verify(good, quick=True)
    assert quick["ok"] and quick["reproduced"] is None and quick["note"] == "--quick was given"


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE events SET size = size + 8 WHERE seq = 700", "digest"),
        ("UPDATE events SET path = 99999 WHERE seq = 700", "unknown call path"),
        ("DELETE FROM events WHERE seq = 700", "are missing"),
        ("DELETE FROM samples WHERE seq = 512", "samples between"),
        ("UPDATE zone_samples SET in_use = in_use + 1 WHERE seq = 1024", "zone samples between"),
        ("INSERT INTO checkpoints VALUES (777, x'00')", "checkpoints at events that have none"),
        ("UPDATE recording SET events = events - 1", "header says that the last event is"),
        ("UPDATE recording SET last_time = last_time + 1", "header says that the run ends at"),
        ("UPDATE recording SET digest = 'x'", "digest of the events"),
        ("UPDATE recording SET result = replace(result, '\"in_use\": 1,', '\"in_use\": 7,')", "result in the header"),
        ("DELETE FROM events WHERE seq = 1", "instead of"),
    ],
)
def test_tampering_is_found(copy: Path, statement: str, problem: str) -> None:
    sql(copy, statement)
    found = verify(copy)
    assert not found["ok"] and not found["sound"] and found["reproduced"] is None
    assert any(problem in text for text in found["problems"]), found["problems"]


def test_a_checkpoint_of_another_state_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.zvz"
    run(RunSpec("fork-bomb", settings=("zone_map_size=256K",), output=path))
    with Recording(path) as recording:
        state = Player(recording).seek(60000)
        state.seq = 65536
        blob = state.to_bytes()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE checkpoints SET state = ? WHERE seq = 65536", (blob,))
    found = verify(path, quick=True)
    assert found["problems"] == ["The checkpoint after event 65,536 differs from the state rebuilt from the events."]


def test_the_first_divergence_has_its_context(good: Path, tmp_path: Path) -> None:
    def change(rows: list[list[int]]) -> None:
        rows[999][6] += 8

    found = verify(forged(good, tmp_path / "b.zvz", change))
    divergence = found["divergence"]
    assert not found["ok"] and found["sound"] and found["reproduced"] is False
    assert divergence["event"] == 1000 and [row["event"] for row in divergence["before"]] == [995, 996, 997, 998, 999]
    recorded, again = divergence["recorded"][0], divergence["again"][0]
    assert recorded["event"] == again["event"] == 1000 and recorded["address"] == again["address"] + 8
    assert recorded["kind"] in Kind.__members__ and recorded["call_path"] == again["call_path"]


def test_one_that_ends_too_early_or_too_late_diverges(good: Path, tmp_path: Path) -> None:
    short = verify(forged(good, tmp_path / "b.zvz", lambda rows: rows.pop()))
    assert short["divergence"]["why"] == "the recording ends here, the second run continues"
    long = verify(forged(good, tmp_path / "c.zvz", lambda rows: rows.append(rows[-1])))
    assert long["divergence"]["why"] == "the second run ends here"


def test_other_names_behind_the_same_ids_diverge(copy: Path) -> None:
    sql(copy, "UPDATE paths SET frame = 'evil' WHERE id = 3")
    assert "call paths they refer to differ" in verify(copy)["divergence"]["why"]


def test_another_model_is_not_a_divergence(good: Path, tmp_path: Path, copy: Path) -> None:
    def change(rows: list[list[int]]) -> None:
        rows[999][6] += 8

    found = verify(forged(good, tmp_path / "b.zvz", change, model="0123456789ab", zoneviz="9.9"))
    assert found["ok"] and found["reproduced"] is None and found["divergence"] is None
    assert "zoneviz 9.9 made it with another model (0123456789ab" in found["note"] and "differ from event 1,000" in found["note"]
    sql(copy, "UPDATE recording SET model = '0123456789ab'")
    found = verify(copy)
    assert found["ok"] and found["reproduced"] and "with the same events" in found["note"]
    sql(copy, "UPDATE recording SET scenario = 'gone'")
    found = verify(copy)
    assert found["ok"] and "The scenario 'gone' is not part of zoneviz" in found["note"]


def test_the_note_says_why_it_was_not_run_again(tmp_path: Path) -> None:
    import_stream(STREAM, tmp_path / "i.zvz")
    found = verify(tmp_path / "i.zvz")
    assert found["ok"] and found["sound"] and found["reproduced"] is None and "imported" in found["note"]
    own = tmp_path / "own.py"
    own.write_text(
        "from zoneviz.scenarios import Scenario\n\nSCENARIO = Scenario('boot', 'mine', lambda run: run.kernel.end('finished'))\n"
    )
    run(RunSpec(str(own), output=tmp_path / "o.zvz"))
    found = verify(tmp_path / "o.zvz")
    assert found["ok"] and "your own scenario" in found["note"]


@pytest.mark.parametrize("limit", [500, 4096])
def test_the_events_of_an_interrupted_run_are_compared(tmp_path: Path, limit: int) -> None:
    run(RunSpec("fork-bomb", output=tmp_path / "a.zvz", max_events=limit))
    found = verify(tmp_path / "a.zvz")
    assert found["ok"] and found["reproduced"] is True


def test_an_excerpt_is_compared_with_its_range(good: Path, tmp_path: Path) -> None:
    cut(good, "1000", "2000", tmp_path / "part.zvz")
    found = verify(tmp_path / "part.zvz")
    assert found["ok"] and found["reproduced"] and found["events"] == 1001


def test_the_parameters_and_the_seed_are_run_again(tmp_path: Path) -> None:
    settings = ("rate=33.5", "jitter=0.25", "zone_map_size=128K", "thread_max=500", "kernel_window=40M+ram/15")
    run(RunSpec("fork-bomb", "debian-2007", settings, seed=99, output=tmp_path / "a.zvz"))
    assert verify(tmp_path / "a.zvz")["reproduced"] is True


def test_it_can_be_stopped(good: Path) -> None:
    found = verify(good, should_stop=lambda: True)
    assert found["ok"] and "stopped" in found["note"]


def test_the_model_is_named_by_its_source(tmp_path: Path) -> None:
    assert len(model_version()) == 12 and set(PARTS) == {"mach", "hurd", "scenarios", "events.py"}
    own = tmp_path / "own.py"
    own.write_text("one")
    first = model_version(own)
    own.write_text("two")
    assert first != model_version(own) and first.startswith(f"{model_version()}+")
    assert model_version(tmp_path / "missing.py") == ""
