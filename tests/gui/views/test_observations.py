"""The view of observations shows what `claims_for` finds."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle, events, write
from tests.gui.painted import painted
from zoneviz import resources
from zoneviz.app.claims import ELSEWHERE, claims_for, runs_of
from zoneviz.claims.model import Row
from zoneviz.gui.kit.theme import LIGHT, apply
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.observations import COLUMNS, MAKE, MEASURED, ObservationsView
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.playback import Player
from zoneviz.recording import Recording
from zoneviz.spec import RunSpec


@pytest.fixture
def view(session: Session, qtbot: QtBot, settle: Settle) -> ObservationsView:
    made = ObservationsView(session)
    qtbot.addWidget(made)
    made.resize(1000, 300)
    made.show()
    settle(session)
    made.wait()
    return made


def test_it_lists_the_observations_of_the_experiment(view: ObservationsView, recorded: Path) -> None:
    with Recording(recorded) as recording:
        expected = claims_for(recording)
    assert expected and [row[0] for row in view.table.rows.rows] == [row.id for row in expected]
    assert [row[2:] for row in view.table.rows.rows] == [(row.statement, row.observed.removeprefix(f"{ELSEWHERE}: ")) for row in expected]
    here = sum(not row.observed.startswith(ELSEWHERE) for row in expected)
    assert (f"{here} {'is' if here == 1 else 'are'} about" if here else "None is about") in view.words.text()


def test_the_chosen_observation_is_shown_in_full(view: ObservationsView) -> None:
    for row in (1, 0, len(view.found) - 1):
        view.table.selectRow(row)
        found = next(r for r in view.found if r.id == view.table.sorted.row_at(row)[0])
        assert all(part in view.detail.text() for part in (found.id, found.statement, found.expected.replace("`", ""), found.observed))
        assert "`" not in view.detail.text()


def test_the_same_recording_is_read_once(view: ObservationsView, session: Session, settle: Settle) -> None:
    job = view._job
    session.set_by_event(True)
    settle(session)
    assert view._job is job and view.found


def test_an_experiment_without_observations_says_so(tmp_path: Path, qtbot: QtBot, settle: Settle) -> None:
    path = write(tmp_path / "a.zvz", events(30))
    player = Player(Recording(path))
    player.recording.header = type(player.recording.header)(scenario="own")
    session = Session()
    view = ObservationsView(session)
    qtbot.addWidget(view)
    session.player = player
    view._take([])
    assert view.words.text() == "No observation is about this experiment." and not view.table.rows.rows
    session.show(None)


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ((), "None is about a run with these settings"),
        (("",), "1 is about a run with these settings; this run alone decides none of them"),
        (("", "reproduced"), "2 are about a run with these settings; this run alone decides 1 of them"),
        (("reproduced", "reproduced"), "2 are about a run with these settings; this run alone decides 2 of them"),
    ],
)
def test_the_summary_counts_observations_and_decisions(session: Session, qtbot: QtBot, verdicts: tuple[str, ...], said: str) -> None:
    view = ObservationsView(session)
    qtbot.addWidget(view)
    rows = [Row(f"S{i}", "It was so.", "so", "so", verdict) for i, verdict in enumerate(verdicts, 1)]
    view._take([*rows, Row("S9", "It was other.", "other", f"{ELSEWHERE}: ram=1", "")])
    assert view.words.text().startswith(said) and view.make.text().startswith(MAKE) and f"“{MAKE}”" in view.words.text()
    assert [view.verdict(row) for row in rows] == [verdict or "needs more runs" for verdict in verdicts]


def test_sentences_are_whole_at_any_width(bomb: Session, qtbot: QtBot, qapp: QApplication, settle: Settle) -> None:
    """Wide: two columns of sentences beside the chosen one. Narrower: one column. Narrowest: the chosen one below."""
    apply(qapp, LIGHT)  # the padding of the theme counts
    view = ObservationsView(bomb)
    qtbot.addWidget(view)
    view.show()
    seen = set()
    for width in (1400, 850, 800, 714, 500, 380):
        view.resize(width, 400)
        settle(bomb)
        view.wait()
        settle(bomb)
        table = view.table
        assert sum(table.columnWidth(c) for c in range(len(COLUMNS)) if not table.isColumnHidden(c)) <= table.viewport().width()
        inside = [one.words for one in painted(view) if one.widget is table.viewport()]
        assert len(inside) > 6 and not any("…" in words for words in inside)
        seen.add((table.isColumnHidden(MEASURED), view.both.orientation()))
    assert (False, Qt.Orientation.Horizontal) in seen and (True, Qt.Orientation.Vertical) in seen


def test_it_offers_the_runs_that_an_observation_is_about(view: ObservationsView, session: Session) -> None:
    asked: list[RunSpec] = []
    session.run_asked.connect(asked.append)
    assert session.player is not None
    header = session.player.recording.header
    for row in range(len(view.found)):
        view.table.selectRow(row)
        runs = runs_of(str(view.table.sorted.row_at(row)[0]), header)
        offered = view.make.menu().actions()
        assert [action.text().split(": ")[0] for action in offered] == list(runs) and view.make.isVisibleTo(view) == bool(runs)
        for action, spec in zip(offered, runs.values(), strict=True):
            action.trigger()
            assert asked.pop() == spec and spec.record and spec.resolve()


def test_its_tab_is_hidden_where_it_can_say_nothing(window: MainWindow, recorded: Path) -> None:
    tab, action = window.deck.tabs.tabs["Observations"], window.actions_["view Observations"]
    window.resize(2400, 900)
    shown = {}
    for path in (recorded, *resources.recordings()):
        assert window.open_path(path)
        shown[path.name.split(".")[0]] = tab.isVisible()
        assert tab.isVisible() == action.isEnabled()
    assert {name for name, visible in shown.items() if visible} == {"panic", "fork-bomb", "dev-null-storm", "dev-null-throttled"}


def test_on_show_it_says_why_it_is_empty(window: MainWindow, recorded: Path, settle: Settle) -> None:
    assert window.open_path(recorded)
    window.deck.show_only("Observations")
    linux = next(path for path in resources.recordings() if "linux" in path.name)
    assert window.open_path(linux)
    settle(window.session)
    view = window.deck.of(ObservationsView)
    assert not view.isEnabled() and window.deck.tabs.tabs["Observations"].isVisible()
    window.deck.show_only("Zones")
    assert not window.deck.tabs.tabs["Observations"].isVisible()
