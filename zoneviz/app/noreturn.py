"""The point of no return: the last event of a run at which a policy, switched on, still avoids the panic or the hang.

Found by runs with the policy switched on at one event each (mach/switching.py): first at events spread evenly over the run, because
later is not always worse; then between two of them with different results, until neighbours differ. A stretch shorter than the
distance of the first events can be missed.
"""

import os
from collections.abc import Callable, Generator
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from zoneviz import words
from zoneviz.app.policies import at_boot_only
from zoneviz.app.spec import again
from zoneviz.app.state import open_recording
from zoneviz.app.whatif import PATIENCE, Limit, run_apart, triable
from zoneviz.errors import InputError, UsageError
from zoneviz.mach.switching import Switch
from zoneviz.recording import Recording
from zoneviz.spec import SWITCH, RunSpec
from zoneviz.state.rows import TIME

SPREAD = 8
"""Events tried first, spread evenly over the run."""
BAD = ("panic", "hang")
Runs = dict[int, bool]
"""By event of the switch: whether the run survived."""
Work = Generator[tuple[int, int], None, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class NoReturn:
    """When a policy helps. `helps`: stretches (first, last) of events at which switching it on avoids the end, both included.

    `last`, `time`: the point of no return, an event and its simulated ns; None: the policy does not help at any event tried.
    `at_boot`: it can only be chosen at boot, and `last` is 0 if it helps. `spacing`: events between the first runs.
    """

    limit: Limit
    helps: tuple[tuple[int, int], ...]
    last: int | None
    time: int | None
    at_boot: bool
    runs: int
    spacing: int
    sentence: str

    def as_json(self) -> dict[str, Any]:
        """All fields as JSON values."""
        return asdict(self)


def points(
    path: Path,
    policies: list[Limit],
    tell: Callable[[NoReturn], object] = lambda found: None,
    workers: int | None = None,
    within: int = 1,
    patience: int = PATIENCE,
) -> Generator[tuple[int, int], None, list[NoReturn]]:
    """The point of no return for each policy; `tell` is called with each when it is found.

    `workers`: processes at the same time, by default one per core. `within`: the point is exact to this number of events. A run
    survives if it neither panics nor hangs within `patience` times the recorded events. Yields (policies done, of) about ten
    times per second; closing the generator kills the runs.
    Errors: InputError if the recording cannot be run again, UsageError if it did not end badly, EnvironmentProblem if a run fails.
    """
    out: list[NoReturn] = []
    with open_recording(path) as recording:
        if not triable(recording.header):
            raise InputError(f"{path} cannot be run again with a policy: it is not a whole run of one of zoneviz's scenarios.")
        if recording.header.outcome not in BAD:
            raise UsageError(f"{path} ended without a panic or a hang, so there is no end to avoid; try a recording that has one.")
        for limit in policies:
            search = _Search(recording, limit, workers or os.cpu_count() or 1, max(within, 1), patience)
            for _ in search.run():
                yield len(out), len(policies)
            out.append(search.found())
            tell(out[-1])
            yield len(out), len(policies)
    return out


class _Search:
    """The runs of one policy."""

    def __init__(self, recording: Recording, limit: Limit, workers: int, within: int, patience: int) -> None:
        self.recording, self.limit, self.workers, self.within = recording, limit, workers, within
        self.end = recording.event_count
        self.most = max(self.end * patience, 1)
        self.at_boot = at_boot_only(limit)
        self.spacing = max(-(-self.end // SPREAD), 1)
        self.results: Runs = {}

    def run(self) -> Generator[None, None, None]:
        """Run until neighbours with different results are at most `within` events apart."""
        wanted = [0] if self.at_boot else list(range(0, self.end, self.spacing))
        while wanted:
            yield from self._together(wanted)
            wanted = [] if self.at_boot else self._between()

    def found(self) -> NoReturn:
        """The result; before, `run` has finished."""
        helps: list[tuple[int, int]] = []
        before: int | None = None
        for event, survived in sorted(self.results.items()):
            if survived and before is None:
                helps.append((event, event))
            elif survived:
                helps[-1] = helps[-1][0], event
            before = event if survived else None
        last = helps[-1][1] if helps else None
        time = None if last is None else self._time(last)
        found = NoReturn(self.limit, tuple(helps), last, time, self.at_boot, len(self.results), self.spacing, "")
        return replace(found, sentence=self._sentence(found))

    def _between(self) -> list[int]:
        """Events between neighbours with different results, for all workers at once. At the last event it is too late."""
        known = sorted((self.results | {self.end: False}).items())
        out: set[int] = set()
        for (first, here), (last, there) in pairwise(known):
            gap = last - first
            if here != there and gap > self.within:
                parts = min(self.workers + 1, gap)
                out |= {first + gap * part // parts for part in range(1, parts)}
        return sorted(out)

    def _together(self, wanted: list[int]) -> Generator[None, None, None]:
        """Run with the switch at each of these events, some at the same time; killed when closed."""
        waiting = wanted[::-1]
        running: dict[int, Work] = {}
        try:
            while waiting or running:
                while waiting and len(running) < self.workers:
                    event = waiting.pop()
                    running[event] = run_apart(self._spec(event), 0, 0)
                for event, work in list(running.items()):
                    try:
                        next(work)
                    except StopIteration as finished:
                        del running[event]
                        self.results[event] = finished.value["outcome"] not in BAD
                yield
        finally:
            for work in running.values():
                work.close()

    def _spec(self, event: int) -> RunSpec:
        header, limit = self.recording.header, self.limit
        change = {limit.setting: limit.value}
        if not self.at_boot:
            earlier = header.parameters.get(SWITCH)
            switch = str(Switch(event, limit.setting, limit.value))
            change = {SWITCH: f"{earlier}; {switch}" if earlier else switch}
        return replace(again(header, change), record=False, max_events=self.most)

    def _time(self, event: int) -> int:
        """Simulated ns of an event; 0 before the first one, and of one that an excerpt does not have."""
        return int(self.recording.events(event, event)[0, TIME]) if event >= max(self.recording.first_event, 1) else 0

    def _sentence(self, found: NoReturn) -> str:
        outcome, name, runs = self.recording.header.outcome, found.limit.words, words.count(found.runs, "run")
        if found.at_boot:
            effect = "avoids" if found.helps else "does not avoid"
            return f"{name}: can only be set at boot, and {effect} the {outcome} then; {runs}."
        if found.last is None or found.time is None:
            return f"{name}: does not avoid the {outcome} at any of {found.runs} events tried."
        last = f"{found.time / 1e9:,.3f} s (event {words.number(found.last)})"
        if len(found.helps) == 1 and found.helps[0][0] == 0:
            return f"{name}: avoids the {outcome} if switched on until {last}; {runs}."
        each = (("" if first == end else f"{words.number(first)} to ") + words.number(end) for first, end in found.helps)
        spans = words.listed([*each])
        return f"{name}: avoids the {outcome} only if switched on at events {spans}, at the latest at {last}; {runs}."
