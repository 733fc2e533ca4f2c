"""A finding selects what it is about."""

from tests.gui.conftest import Settle
from zoneviz.gui.charts.findings import go
from zoneviz.gui.session.session import Session
from zoneviz.playback.diagnosis import Finding


def test_a_finding_of_growth_selects_its_range(session: Session, settle: Settle) -> None:
    finding = Finding("since", "zone_map has grown.", seq=1000, range=(1000, 5000))
    go(session, finding)
    settle(session)
    assert (session.selection.range, session.moment) == ((1000, 5000), 1000)
