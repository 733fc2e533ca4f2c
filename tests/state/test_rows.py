"""A batch sorted by kind."""

import numpy as np

from tests.recording import toy
from zoneviz.events import Event, Kind
from zoneviz.fields import Refers, kinds_where
from zoneviz.state.rows import KIND, ZONE_KINDS, ByKind

ROWS = toy.as_rows(toy.run(500))


def test_indices_of_each_kind() -> None:
    kinds = ByKind(ROWS)
    for kind in Kind:
        assert kinds[kind].tolist() == np.flatnonzero(ROWS[:, KIND] == kind).tolist()
        assert kinds.has((kind,)) == bool((ROWS[:, KIND] == kind).any())


def test_indices_of_several_kinds_are_in_order() -> None:
    chosen = (Kind.ZALLOC, Kind.ZFREE, Kind.HANG)
    assert ByKind(ROWS).any_of(chosen).tolist() == np.flatnonzero(np.isin(ROWS[:, KIND], chosen)).tolist()
    assert len(ByKind(ROWS).any_of((Kind.HANG,))) == 0


def test_kinds_out_of_range_are_of_no_kind() -> None:
    odd: list[Event] = [(kind, 0, 0, 0, 0, 1, 0, 0, 0) for kind in (-1, 0, 255, 256 + Kind.ZALLOC)]
    kinds = ByKind(toy.as_rows(odd))
    assert not any(kinds.has((kind,)) for kind in Kind)


def test_zone_kinds_are_those_whose_subject_is_a_zone() -> None:
    assert sorted(ZONE_KINDS) == kinds_where("subject", Refers.ZONE)
