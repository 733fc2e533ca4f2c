"""The rights of each name of each task."""

from tests.recording import toy
from zoneviz.events import DEAD_NAME, PORT_SET, RECEIVE, SEND, SEND_ONCE, Event, Kind
from zoneviz.state import rights
from zoneviz.state.rights import Rights, RightsCount
from zoneviz.state.rows import Ints


def rows(*events: tuple[Kind, int, int, int, int]) -> Ints:
    """Events (kind, task, address, name, bits)."""
    out: list[Event] = [(int(kind), 0, 0, 0, 0, task, address, name, bits) for kind, task, address, name, bits in events]
    return toy.as_rows(out)


def table(found: Rights) -> list[tuple[int, ...]]:
    return list(zip(found.task.tolist(), found.name.tolist(), found.address.tolist(), found.bits.tolist(), strict=True))


OLD = rights.merge(
    rights.NONE,
    rows((Kind.PORT_CREATE, 3, 64, 9, 0), (Kind.RIGHT_INSERT, 3, 64, 9, SEND), (Kind.RIGHT_INSERT, 2, 64, 5, SEND_ONCE),
         (Kind.PSET_CREATE, 2, 96, 6, 0)),
)  # fmt: skip


def test_rights_are_inserted_and_deleted() -> None:
    assert table(OLD) == [(2, 5, 64, SEND_ONCE), (2, 6, 96, PORT_SET), (3, 9, 64, SEND | RECEIVE)]
    assert table(rights.merge(OLD, rows((Kind.RIGHT_DELETE, 3, 64, 9, SEND), (Kind.RIGHT_DELETE, 2, 64, 5, SEND_ONCE)))) == [
        (2, 6, 96, PORT_SET),
        (3, 9, 64, RECEIVE),
    ]


def test_rights_to_a_dead_port_are_dead_names() -> None:
    assert table(rights.merge(OLD, rows((Kind.PORT_DESTROY, 3, 64, 0, 0)))) == [
        (2, 5, 0, DEAD_NAME),
        (2, 6, 96, PORT_SET),
        (3, 9, 0, DEAD_NAME),
    ]
    later = rows((Kind.PORT_DESTROY, 3, 64, 0, 0), (Kind.RIGHT_INSERT, 2, 64, 5, SEND))
    assert (2, 5, 64, SEND | SEND_ONCE) in table(rights.merge(OLD, later)), "a new port at the same address"


def test_invalid_tasks_and_names_are_ignored() -> None:
    odd = rows((Kind.RIGHT_INSERT, 0, 64, 9, SEND), (Kind.RIGHT_INSERT, 1 << 40, 64, 9, SEND), (Kind.RIGHT_INSERT, 3, 64, 0, SEND))
    assert len(rights.merge(rights.NONE, odd)) == 0


def test_counts_and_holders() -> None:
    assert OLD.of(2).count() == RightsCount(2, 0, 0, 1, 1, 0) and OLD.count() == RightsCount(3, 1, 1, 1, 1, 0)
    assert OLD.by_task() == {2: OLD.of(2).count(), 3: OLD.of(3).count()} and rights.NONE.by_task() == {}
    assert OLD.holders(64).task.tolist() == [2, 3]
