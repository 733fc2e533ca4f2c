"""Comparing odd pairs: hostile names, two kernels, an excerpt of another run, damage."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.gui import conftest
from tests.gui.conftest import Settle, events
from zoneviz.app.parts import cut
from zoneviz.app.running import run
from zoneviz.errors import InputError
from zoneviz.events import TaskInfo
from zoneviz.gui.kit.theme import DARK, LIGHT
from zoneviz.gui.session.second import SecondRecording
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.compare import SHOWN, CompareView
from zoneviz.playback import Player
from zoneviz.recording import Header, Recorder, Recording
from zoneviz.spec import RunSpec

OVERRIDE = "\u202e"
MARKUP = "<b>ports</b><img src=x>"
NASTY = ((MARKUP, 76), (f"{OVERRIDE}threads\u0000\n", 332), ("x" * 10_000, 48), ("", 64), (MARKUP, 8))
"""Zone names: markup, a direction override, a long one, an empty one, a duplicate."""


def compared(a: Path, b: Path, qtbot: QtBot, settle: Settle) -> CompareView:
    """The view comparing a with b, at the end of a."""
    session = Session()
    session.show(Player(Recording(a)))
    view = CompareView(session)
    qtbot.addWidget(view)
    view.resize(900, 400)
    view.show()
    SecondRecording.of(session).open(b)
    view.wait()
    settle(session)
    return view


def nasty(path: Path, rounds: int, values: str) -> Path:
    catalog = conftest.catalog()
    catalog.tasks[0] = TaskInfo(1, MARKUP + OVERRIDE)
    header = Header(
        scenario=MARKUP, profile=OVERRIDE + "profile", parameters={MARKUP: values, "long": values * 5000}, seed=rounds
    )  # fmt: skip
    recorder = Recorder(path, catalog, header)
    for event in events(rounds):
        recorder.sink(event)
    text = f"{MARKUP}{OVERRIDE}\x1b[2J"
    recorder.finish("panic", {"outcome": "panic", "panic": {"text": text, "zone": MARKUP, "memory": text}})
    return path


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_names_are_plain_text(tmp_path: Path, qtbot: QtBot, settle: Settle, monkeypatch: pytest.MonkeyPatch, theme: object) -> None:
    monkeypatch.setattr(conftest, "ZONES", NASTY)
    a, b = nasty(tmp_path / f"{MARKUP.replace('/', ' ')}{OVERRIDE}.zvz", 3000, "a"), nasty(tmp_path / ("b" * 200 + ".zvz"), 2000, "b")
    view = compared(a, b, qtbot, settle)
    view.session.theme = theme  # type: ignore[assignment]
    assert view.second.comparison is not None
    for shown in SHOWN:
        view.shown.set_value(shown)
        view.session.ask_moment(500)
        settle(view.session)
        assert not view.grab().isNull(), shown
        said = [view.verdict.text(), view.names.words(), view.words.toPlainText(), *view.names.fitted()]
        said += [view.cells.words(row, 3) for row in range(len(view.cells.names))]
        for table in view.breakdown.tables.values():
            model = table.model()
            said += [str(model.index(row, 0).data()) for row in range(model.rowCount())]
        for words in said:
            assert OVERRIDE not in words and "\x1b" not in words and "\0" not in words, shown
            assert max(map(len, words.splitlines() or [""])) < 5000, shown
    assert "<b>" not in view.verdict.toolTip()
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in view.findChildren(QLabel) if "<" in label.text())
    used = [view.names.words().splitlines()[side] for side in (0, 1)]
    assert used[0].startswith("A ") and used[1].startswith("- - B ")


def test_zones_without_a_name_or_with_the_same_are_counted(
    tmp_path: Path, qtbot: QtBot, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conftest, "ZONES", NASTY)
    a, b = nasty(tmp_path / "a.zvz", 3000, "a"), nasty(tmp_path / "b.zvz", 2000, "b")
    view = compared(a, b, qtbot, settle)
    found = view.figures(50)
    assert found is not None and len(found.names) == len(set(found.names)) == 4
    with Recording(a) as recording:
        sizes = {zone["name"]: 0 for zone in Player(recording).seek(recording.event_count).machine()["zones"]}
        for zone in Player(recording).seek(recording.event_count).machine()["zones"]:
            sizes[zone["name"]] += zone["cur_size"]
    assert found.zone("")[0][-1] == sum(sizes.values()), "no zone is selected, so all zones are summed"
    for name, size in sizes.items():
        assert name == "" or found.zone(name)[0][-1] == size


@pytest.fixture(scope="module")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same loop on the kernels of 2005 and 2007."""
    folder = tmp_path_factory.mktemp("kernels")
    for profile in ("upstream-2005", "upstream-2007"):
        settings = ("operation=mach_port_allocate", "zone_map_size=128K")
        run(RunSpec("kernel-loop", profile, settings, output=folder / f"{profile}.zvz"))
    return folder / "upstream-2005.zvz", folder / "upstream-2007.zvz"


@pytest.mark.parametrize("align", ["event", "operation", "time", "fill"])
def test_a_kernel_of_2005_compared_with_one_of_2007(kernels: tuple[Path, Path], qtbot: QtBot, settle: Settle, align: str) -> None:
    view = compared(*kernels, qtbot, settle)
    view.align.set_value(align)
    view.shown.set_value("zones")
    view.wait()
    view.session.ask_moment(view.session.last // 2)
    view.session.land()
    settle(view.session)
    found = view.second.comparison
    assert found is not None and found.align == align and not found.mixed
    assert found.size is not None and "creates the zone zones of 44 B" in found.size.a.after[0].what
    assert "creates the zone zones of 48 B" in found.size.b.after[0].what
    assert "profile upstream-2005" in view.names.words() and "profile upstream-2007" in view.names.words()
    machines = []
    for path, seq in zip(kernels, (view.session.moment, view.second.moment), strict=True):
        with Recording(path) as recording:
            machines.append(Player(recording).seek(seq).machine())
    held = [{zone["name"]: (zone["in_use"], zone["cur_size"]) for zone in machine["zones"]} for machine in machines]
    rows = view.breakdown.tables["zone"].rows.rows
    for row in rows:
        sides = [side.get(str(row[0]), (0, 0)) for side in held]
        assert tuple(row[1:]) == (
            sides[0][0], sides[1][0], sides[1][0] - sides[0][0], sides[0][1], sides[1][1], sides[1][1] - sides[0][1],
        )  # fmt: skip
    assert {str(row[0]) for row in rows} == set(held[0]) | set(held[1])
    if align == "operation":
        done = [machine["counts"]["operations"] for machine in machines]
        assert done[0] > 100 and abs(done[0] - done[1]) <= 1
    elif align == "fill":
        assert abs(machines[0]["zone_map"]["used"] - machines[1]["zone_map"]["used"]) <= 4096


def test_the_curves_of_two_kernels_are_both_recordings(kernels: tuple[Path, Path], qtbot: QtBot, settle: Settle) -> None:
    view = compared(*kernels, qtbot, settle)
    view.align.set_value("fill")
    view.wait()
    settle(view.session)
    found = view.curves.pair
    assert found is not None
    with Recording(kernels[0]) as a:
        zones = {zone["name"]: zone["cur_size"] for zone in Player(a).seek(a.event_count).machine()["zones"]}
    for name in ("ipc ports", "ipc spaces"):
        assert found.zone(name)[0][-1] == zones[name]
    assert (np.diff(found.zone("ipc ports")[0]) >= 0).all()
    both = found.zone("ipc spaces")
    assert both[0][-1] // 64 == both[1][~np.isnan(both[1])][-1] // 60, "the same number, of 64 B and of 60 B"


def test_a_part_that_begins_after_the_end_of_the_other(kernels: tuple[Path, Path], tmp_path: Path, qtbot: QtBot, settle: Settle) -> None:
    early, late = tmp_path / "early.zvz", tmp_path / "late.zvz"
    cut(kernels[0], "1", "3000", early)
    cut(kernels[1], "9000", "end", late)
    for a, b, ends, begins in ((early, late, "A", "B"), (late, early, "B", "A")):
        view = compared(a, b, qtbot, settle)
        assert f"{ends} ends with event 3,000, and {begins} begins with event 9,000. Align by fill" in view.verdict.text()
        view.align.set_value("fill")
        view.wait()
        settle(view.session)
        assert view.figures(50) is not None and not view.grab().isNull()


def test_damage_in_the_middle_of_b_is_a_sentence(kernels: tuple[Path, Path], tmp_path: Path, qtbot: QtBot, settle: Settle) -> None:
    path = tmp_path / "b.zvz"
    path.write_bytes(kernels[1].read_bytes())
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM events WHERE seq BETWEEN 6000 AND 6100")
    db.close()
    view = compared(kernels[0], path, qtbot, settle)
    assert view.one.isVisible() and view.second.path is None
    assert "b.zvz is damaged" in view.empty.text()


def test_a_moment_of_b_that_cannot_be_read_is_a_sentence(kernels: tuple[Path, Path], qtbot: QtBot, settle: Settle) -> None:
    """All events exist, so the two can be compared; but a checkpoint is damaged."""
    path = kernels[1]
    view = compared(kernels[0], path, qtbot, settle)
    assert view.second.comparison is not None
    said: list[str] = []
    view.session.problem.connect(said.append)

    def fails(seq: int) -> object:
        raise InputError(f"{path} is damaged.")

    assert view.second.player is not None
    view.second.player.seek = fails  # type: ignore[method-assign, assignment]
    acts: list[Callable[[], object]] = [
        lambda: view.shown.set_value("zones"), view._note, view.show_table, lambda: view.shown.set_value("pages"),
    ]  # fmt: skip
    for act in acts:
        said.clear()
        act()
        settle(view.session)
        assert said == [f"{path} is damaged."]
    assert not view.session.notebook.notes
