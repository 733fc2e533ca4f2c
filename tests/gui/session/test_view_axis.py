"""The range of a view: shared by all, or its own."""

from pathlib import Path

from zoneviz.gui.session.session import Session
from zoneviz.gui.session.view_axis import ViewAxis


def test_an_axis_shares_the_range_until_it_is_lifted(session: Session) -> None:
    view, told = ViewAxis(session, session), list[tuple[float, float]]()
    view.changed.connect(lambda: told.append(view.range))
    session.axis.zoom(0.5)
    view.zoom(0.5)
    assert view.range == session.range == told[-1] and len(told) == 2
    view.set_locked(False)
    shared = session.range
    view.pan(-0.2)
    assert session.range == shared != view.range
    session.fit()
    assert view.range == told[-1] != session.range
    view.set_locked(True)
    assert view.range == session.range == told[-1]


def test_a_lifted_axis_follows_a_recording_that_it_shows_whole(session: Session, recorded: Path) -> None:
    view = ViewAxis(session, session)
    view.set_locked(False)
    session.set_by_event(True)
    assert view.range == session.series.extent
    view.zoom(0.5, view.range[1])
    kept = view.range
    session.recording_changed.emit()
    session.grown.emit()
    assert view.range == kept
    session.set_by_event(False)
    assert view.range == session.series.extent
    view.zoom(0.5)
    session.set_by_event(True)
    assert view.range == session.series.extent, "seconds are no numbers of events"
