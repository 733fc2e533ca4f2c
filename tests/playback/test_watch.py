"""Conditions on the figures of zones and machine; tests/playback/test_search.py searches with them."""

import numpy as np
import pytest

from zoneviz.errors import UsageError
from zoneviz.events import WIDTH, Catalog, FigureInfo, Kind, ZoneInfo
from zoneviz.playback.watch import parse_watch
from zoneviz.state.figures import CUR_SIZE, FREE, IN_USE
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import Ints

ZONES = ("dentry", "kmalloc-64", "kmalloc-cg-64", "free")


def catalog() -> Catalog:
    made = Catalog()
    made.zones += [ZoneInfo(i, name, 64, 0, 0, "") for i, name in enumerate(ZONES, 1)]
    made.figures.append(FigureInfo(1, "slab_unreclaimable", "bytes"))
    return made


def rows(*events: tuple[int, int, int, int]) -> Ints:
    """Events (n, 10) of kind, subject, size and extra, all of one reading."""
    out = np.zeros((len(events), WIDTH + 1), np.int64)
    out[:, 0], out[:, 2] = np.arange(1, len(events) + 1), 1000
    out[:, [1, 6, 8, 9]] = events
    return out


def state() -> MachineState:
    made = MachineState(catalog())
    figures = [(int(Kind.ZONE_FIGURE), 2, size, which) for size, which in ((30, IN_USE), (2, FREE), (1 << 20, CUR_SIZE))]
    made.apply(rows((int(Kind.READING), 1, 0, 0), *figures, (int(Kind.MACHINE_FIGURE), 1, 5 << 30, 0)))
    return made


@pytest.mark.parametrize(
    ("text", "true"),
    [
        ("kmalloc-64 > 1023K", True),
        ("kmalloc-64 > 1M", False),
        ("kmalloc-64 >= 1.0 MiB", True),
        ("kmalloc-64 in use = 30", True),
        ("kmalloc-64 free < 3", True),
        ("free free == 0", True),
        ("slab_unreclaimable > 4.5G", True),
        ("slab_unreclaimable > 1T", False),
    ],
)
def test_zones_and_figures_of_the_machine(text: str, true: bool) -> None:
    assert parse_watch(text, catalog()).holds(state().totals) is true


def test_an_unknown_figure_is_neither_above_nor_below() -> None:
    totals = MachineState(catalog()).totals
    assert not any(parse_watch(f"slab_unreclaimable {sign} 7", catalog()).holds(totals) for sign in ("<", ">", "!="))


def test_the_event_that_makes_a_figure_reach_a_value() -> None:
    watch = parse_watch("slab_unreclaimable > 4K", catalog())
    events = rows((int(Kind.READING), 1, 0, 0), (int(Kind.MACHINE_FIGURE), 1, 4097, 0), (int(Kind.MACHINE_FIGURE), 1, 3, 0))
    assert watch.turns_true(MachineState(catalog()), events).tolist() == [1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kmaloc-64 > 1G", "Similar: kmalloc-64, kmalloc-cg-64"),
        ("dentri in use > 1", "Unknown figure 'dentri in use'. Similar: dentry"),
        ("slab_unreclaimble > 1G", "Similar: slab_unreclaimable"),
        ("unheard of > 1G", "Use a zone, a map"),
        ("kmalloc-64", "such as: slab_unreclaimable > 1.5G"),
        ("kmalloc-64 > many", "is not a condition"),
        ("kmalloc-64 > -1", "is not a condition"),
    ],
)
def test_an_invalid_condition_says_what_is_possible(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse_watch(text, catalog())
