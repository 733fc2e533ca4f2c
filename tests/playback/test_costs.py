"""Costs, functions and differences are sums over the elements."""

from collections import Counter

import numpy as np
import pytest

from tests.playback.test_turnover import BOMB, counted
from zoneviz.events import Kind
from zoneviz.playback import Player
from zoneviz.playback.costs import (
    ALLOCS,
    BEFORE,
    BY,
    BYTES,
    CALL_PATH,
    CHANGED,
    COSTS,
    ELEMENTS,
    FREES,
    NOW,
    OUTERMOST,
    OWNER,
    SURVIVED,
    SURVIVORS,
    Stack,
    Stacker,
    around,
    costs,
    costs_after,
    costs_before,
    difference,
    functions,
)  # fmt: skip
from zoneviz.recording import Recording
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import KIND

FIRST, LAST = 20_000, 50_000


@pytest.fixture(scope="module")
def state() -> MachineState:
    return Player(Recording(BOMB)).seek(60_000)


def named(state: MachineState, by: str) -> list[Stack]:
    return Stacker(state.catalog).stacks(costs(state, by, made=(FIRST, LAST), turnover=counted(BOMB, FIRST, LAST)), by)


@pytest.mark.parametrize("by", BY)
def test_every_cost_is_a_sum_over_elements_or_events(state: MachineState, by: str) -> None:
    stacks, made = named(state, by), state.elements.seq
    left = (made >= FIRST) & (made <= LAST)
    rows = state_rows(FIRST, LAST)
    sums = [sum(stack.values[cost] for stack in stacks) for cost in range(len(COSTS))]
    assert sums[BYTES] == state.element_sizes().sum() and sums[ELEMENTS] == len(made)
    assert sums[SURVIVORS] == left.sum() > 0 and sums[SURVIVED] == state.element_sizes()[left].sum()
    assert sums[ALLOCS] == rows["ZALLOC"] and sums[FREES] == rows["ZFREE"] > 0


def state_rows(first: int, last: int) -> Counter[str]:
    with Recording(BOMB) as recording:
        kinds = recording.events(first, last)[:, KIND]
    return Counter({kind.name: int((kinds == kind).sum()) for kind in (Kind.ZALLOC, Kind.ZFREE)})


def test_only_a_zone(state: MachineState) -> None:
    threads = state.zone("threads")
    found = Stacker(state.catalog).stacks(costs(state, OWNER), OWNER, zone="threads")
    assert threads is not None and sum(stack.values[ELEMENTS] for stack in found) == threads["in_use"]
    assert all(len(stack.values) == 2 and stack.steps[-1] == "threads" for stack in found)


def test_a_function_counts_each_element_once(state: MachineState) -> None:
    stacks = named(state, CALL_PATH)
    inclusive: Counter[str] = Counter()
    own: Counter[str] = Counter()
    for stack in stacks:
        inclusive.update(dict.fromkeys(stack.steps, stack.values[BYTES]))
        own[stack.steps[-1]] += stack.values[BYTES]
    found = functions(stacks)
    assert {name: one.sums[BYTES] for name, one in found.items()} == dict(inclusive)
    assert {name: one.owns[BYTES] for name, one in found.items()} == {name: own[name] for name in found}
    for name in found:
        callers, callees = around(stacks, name)
        assert sum(one.sums[BYTES] for one in callers.values()) >= found[name].sums[BYTES]
        assert sum(one.owns[BYTES] for one in callers.values()) == found[name].owns[BYTES]
        assert sum(one.sums[BYTES] for one in callees.values()) + found[name].owns[BYTES] >= found[name].sums[BYTES]


def test_recursion_counts_once() -> None:
    stacks = [Stack(("main", "walk", "walk", "walk", "alloc"), "z", (10, 1)), Stack(("main", "alloc"), "z", (5, 1))]
    found = functions(stacks)
    assert found["walk"].sums == [10, 1] and found["main"].sums == [15, 2] and found["alloc"].owns == [15, 2]
    callers, callees = around(stacks, "walk")
    assert {name: one.sums[0] for name, one in callers.items()} == {"main": 10, "walk": 10}
    assert {name: (one.sums[0], one.owns[0]) for name, one in callees.items()} == {"walk": (10, 0), "alloc": (10, 10)}
    callers, callees = around(stacks, "main")
    assert list(callers) == [OUTERMOST] and {name: one.sums[0] for name, one in callees.items()} == {"walk": 10, "alloc": 5}


@pytest.mark.parametrize("by", BY)
def test_the_difference_of_a_moment_and_itself_is_empty(state: MachineState, by: str) -> None:
    stacks = Stacker(state.catalog).stacks(costs(state, by), by)
    found = difference(stacks, stacks)
    assert found and not any(stack.values[CHANGED] or stack.values[CHANGED + 1] for stack in found)
    assert all(stack.values[NOW : NOW + 2] == stack.values[BEFORE : BEFORE + 2] for stack in found)


@pytest.mark.parametrize("by", BY)
def test_a_difference_backwards_has_the_other_sign(state: MachineState, by: str) -> None:
    turned, stacker = counted(BOMB, FIRST, LAST), Stacker(state.catalog)
    old, new = (stacker.stacks(found(turned, by), by) for found in (costs_before, costs_after))
    there, back = ({(s.steps, s.zone): s.values for s in difference(*sides)} for sides in ((old, new), (new, old)))
    assert there.keys() == back.keys()
    for key, values in there.items():
        other = back[key]
        assert values[NOW] - values[BEFORE] == -(other[NOW] - other[BEFORE]) and values[CHANGED] == other[CHANGED]
    total = np.array(list(there.values())).sum(axis=0)
    assert [total[BEFORE], total[NOW]] == [sum(s.values[BYTES] for s in side) for side in (old, new)]
    assert total[NOW + 1] != total[BEFORE + 1]
