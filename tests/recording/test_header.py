"""A header survives its row, and an invalid row is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoneviz.errors import InputError, UsageError
from zoneviz.recording.header import IMPORTED, LIVE, ORIGINS, SAMPLED, SHOWN, Header, from_row, panic_columns

NUMBERS = st.integers(-(1 << 63) + 2, (1 << 63) - 1)


@given(st.text(), st.dictionaries(st.text(), st.one_of(st.integers(), st.text(), st.booleans())), NUMBERS, st.booleans())
def test_a_header_survives_its_row(text: str, values: dict[str, Any], number: int, complete: bool) -> None:
    header = Header(scenario=text, parameters=values, seed=number, complete=complete, result=values, last_time=number >> 1)
    assert from_row(header.row()) == header


def test_a_seed_must_fit_64_bits() -> None:
    with pytest.raises(UsageError, match="must fit 64 bits"):
        Header(seed=1 << 63).row()


def test_a_lone_surrogate_is_replaced() -> None:
    assert Header(scenario="a\udcffb").row()["scenario"] == "a?b"


@pytest.mark.parametrize(("name", "value"), [("seed", None), ("outcome", 3), ("result", "[]"), ("parameters", "{"), ("result", "[" * 9999)])
def test_an_invalid_row_is_refused(name: str, value: object) -> None:
    with pytest.raises(InputError, match=f"invalid '{name}'"):
        from_row(Header().row() | {name: value})


def test_an_unknown_column_or_word_is_ignored() -> None:
    assert from_row(Header().row() | {"weather": "fine"}) == Header()
    assert from_row(Header().row() | {"shows": "zones colours maps"}).shows == {"zones", "maps"}


@pytest.mark.parametrize("kind", ORIGINS)
def test_a_kind_of_recording_has_an_origin_and_a_clock(kind: str) -> None:
    header = from_row(Header(kind=kind, system="Linux 6.18.4", zone_noun="slab cache", shows=frozenset({"zones"})).row())
    assert (header.kind, header.system, header.zone_noun, header.shows) == (kind, "Linux 6.18.4", "slab cache", frozenset({"zones"}))
    assert header.can_run_again == (header.clock == "simulated time") == (header.origin == "simulated") == (kind == "simulated")


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(InputError, match="invalid 'kind'"):
        from_row(Header().row() | {"kind": "guessed"})


def test_panics_of_every_shape() -> None:
    expected = ("text", "zone", "memory")
    whole = {"text": "text", "zone": "zone", "memory": "memory"}
    assert panic_columns({"panic": whole | {"task": 5}}) == panic_columns({"panic": "text", "zone": "zone", "memory": "memory"}) == expected
    assert panic_columns({"panic": None}) == panic_columns({}) == ("", "", "")


def test_which_recordings_have_the_allocations_of_a_kernel_that_is_not_mach() -> None:
    shows = frozenset({"zones", "elements", "sizes", "paths", "tasks", "machine"})
    assert Header(kind=LIVE, shows=shows).of_allocations and Header(kind=IMPORTED, shows=shows).of_allocations
    assert not Header(kind=LIVE, shows=shows - {"paths"}).of_allocations, "readings alone"
    assert not Header(kind=SAMPLED, shows=shows).of_allocations
    assert not Header(kind=IMPORTED, shows=frozenset(SHOWN)).of_allocations, "a stream of GNU Mach"
    assert not Header().of_allocations
