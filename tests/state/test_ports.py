"""Live ports: receivers and queues."""

from tests.recording import toy
from zoneviz.events import RECEIVE, SEND, Event, Kind
from zoneviz.state import ports
from zoneviz.state.ports import Ports
from zoneviz.state.rows import ByKind, Ints


def rows(*events: tuple[Kind, int, int, int]) -> Ints:
    """Events (kind, subject, address, extra)."""
    out: list[Event] = [(int(kind), 0, 0, 0, 0, subject, address, 0, extra) for kind, subject, address, extra in events]
    return toy.as_rows(out)


def table(found: Ports) -> list[tuple[int, ...]]:
    return list(zip(*(getattr(found, name).tolist() for name in ports.COLUMNS), strict=True))


def test_creation_queue_and_destruction() -> None:
    found = ports.merge(
        ports.NONE,
        rows((Kind.PORT_CREATE, 3, 64, 0), (Kind.PORT_CREATE, 4, 32, 0), (Kind.MSG_QUEUE, 9, 64, 0), (Kind.MSG_QUEUE, 9, 64, 0),
             (Kind.MSG_UNQUEUE, 9, 64, 0), (Kind.PORT_DESTROY, 4, 32, 0)),
    )  # fmt: skip
    assert table(found) == [(64, 3, 1, 1)]
    assert table(ports.merge(found, rows((Kind.RIGHT_MOVE, 7, 64, 3), (Kind.MSG_QUEUE, 9, 64, 0)))) == [(64, 7, 1, 2)]


def test_an_address_is_used_again() -> None:
    old = ports.merge(ports.NONE, rows((Kind.PORT_CREATE, 3, 64, 0), (Kind.MSG_QUEUE, 9, 64, 0)))
    assert table(ports.merge(old, rows((Kind.PORT_DESTROY, 3, 64, 0), (Kind.PORT_CREATE, 5, 64, 0)))) == [(64, 5, 2, 0)]


def test_the_first_receive_right_creates_a_port_too() -> None:
    found = ports.merge(ports.NONE, rows((Kind.RIGHT_INSERT, 3, 64, RECEIVE), (Kind.MSG_QUEUE, 9, 64, 0)))
    assert table(found) == [(64, 3, 1, 1)]
    assert table(ports.merge(found, rows((Kind.RIGHT_DELETE, 3, 64, RECEIVE)))) == [(64, 0, 1, 1)]


def test_other_rights_and_unknown_ports_are_ignored() -> None:
    batch = rows((Kind.RIGHT_INSERT, 3, 64, SEND), (Kind.MSG_QUEUE, 9, 96, 0))
    live = ports.live()
    live.apply(batch, ByKind(batch))
    assert table(live.now()) == []
