"""The claims of a recording as the claims themselves tell them."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle, events, write
from tests.gui.painted import painted
from zoneviz.app import claims_for
from zoneviz.claims import Row
from zoneviz.gui.kit.theme import LIGHT, apply
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.claims import COLUMNS, ELSEWHERE, OBSERVED, ClaimsView
from zoneviz.playback import Player
from zoneviz.recording import Recording


@pytest.fixture
def view(session: Session, qtbot: QtBot, settle: Settle) -> ClaimsView:
    made = ClaimsView(session)
    qtbot.addWidget(made)
    made.resize(1000, 300)
    made.show()
    settle(session)
    made.wait()
    return made


def test_rows_are_those_of_the_recording(view: ClaimsView, recorded: Path) -> None:
    with Recording(recorded) as recording:
        wanted = claims_for(recording)
    assert wanted and [row[0] for row in view.table.rows.rows] == [row.id for row in wanted]
    assert [row[2:] for row in view.table.rows.rows] == [(row.statement, row.observed) for row in wanted]
    here = sum(not row.observed.startswith(ELSEWHERE) for row in wanted)
    assert (f"{here} {'is' if here == 1 else 'are'} about" if here else "None is about") in view.words.text()


def test_the_chosen_one_is_told_in_full(view: ClaimsView) -> None:
    for row in (1, 0, len(view.found) - 1):
        view.table.selectRow(row)
        found = next(r for r in view.found if r.id == view.table.sorted.row_at(row)[0])
        assert all(part in view.detail.text() for part in (found.id, found.statement, found.expected, found.observed))


def test_the_same_recording_is_read_once(view: ClaimsView, session: Session, settle: Settle) -> None:
    job = view._job
    session.set_by_event(True)
    settle(session)
    assert view._job is job and view.found


def test_an_experiment_without_claims_says_so(tmp_path: Path, qtbot: QtBot, settle: Settle) -> None:
    path = write(tmp_path / "a.zvz", events(30))
    player = Player(Recording(path))
    player.recording.header = type(player.recording.header)(scenario="own")
    session = Session()
    view = ClaimsView(session)
    qtbot.addWidget(view)
    session.player = player
    view._take([])
    assert view.words.text() == "No claim is about this experiment." and not view.table.rows.rows
    session.show(None)


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ((), "None is about a run with these settings"),
        (("",), "1 is about a run with these settings, none is answered by it alone"),
        (("", "reproduced"), "2 are about a run with these settings, 1 is answered by it alone"),
        (("reproduced", "reproduced"), "2 are about a run with these settings, 2 are answered by it alone"),
    ],
)
def test_one_none_and_several_are_said_rightly(session: Session, qtbot: QtBot, verdicts: tuple[str, ...], said: str) -> None:
    view = ClaimsView(session)
    qtbot.addWidget(view)
    rows = [Row(f"S{i}", "It was so.", "so", "so", verdict) for i, verdict in enumerate(verdicts)]
    view._take([*rows, Row("S9", "It was other.", "other", f"{ELSEWHERE}: ram=1", "")])
    assert view.words.text().startswith(said)


def test_sentences_are_whole_at_any_width(bomb: Session, qtbot: QtBot, qapp: QApplication, settle: Settle) -> None:
    """Wide: two columns of them beside the chosen claim. Narrower: one. Narrowest: the chosen claim below."""
    apply(qapp, LIGHT)  # its padding takes room from the words
    view = ClaimsView(bomb)
    qtbot.addWidget(view)
    view.show()
    seen = set()
    for width in (1400, 800, 500, 380):
        view.resize(width, 400)
        settle(bomb)
        view.wait()
        settle(bomb)
        table = view.table
        assert sum(table.columnWidth(c) for c in range(len(COLUMNS)) if not table.isColumnHidden(c)) <= table.viewport().width()
        inside = [one.words for one in painted(view) if one.widget is table.viewport()]
        assert len(inside) > 6 and not any("…" in words for words in inside)
        seen.add((table.isColumnHidden(OBSERVED), view.both.orientation()))
    assert (False, Qt.Orientation.Horizontal) in seen and (True, Qt.Orientation.Vertical) in seen
