"""Each kind of event has its fields; what they refer to is data, not wording."""

from zoneviz.events import Kind
from zoneviz.fields import FIELDS, Field, Fields, Refers, Unit, kinds_where


def test_every_kind_has_fields() -> None:
    assert set(FIELDS) == set(Kind)
    for fields in FIELDS.values():
        for field in fields:
            assert field.words or field == Field()


def test_addresses_are_addresses() -> None:
    for fields in FIELDS.values():
        assert not fields.address.words or fields.address.unit is Unit.ADDRESS


def test_kinds_by_what_they_refer_to() -> None:
    assert kinds_where("extra", Refers.TEXT) == [Kind.THREAD_BLOCK, Kind.PANIC, Kind.HANG, Kind.OTHER]
    assert kinds_where("subject", Refers.MAP) == [Kind.KMEM_SUBALLOC, Kind.KMEM_ALLOC, Kind.KMEM_FREE, Kind.KMEM_FAIL]
    assert kinds_where("size", Refers.ZONE) == []
    assert set(kinds_where("size", Refers.NAME)) == {
        Kind.PORT_CREATE, Kind.RIGHT_INSERT, Kind.RIGHT_DELETE, Kind.RIGHT_MOVE, Kind.PSET_CREATE,
    }  # fmt: skip
    assert Fields._fields == ("subject", "address", "size", "extra")
