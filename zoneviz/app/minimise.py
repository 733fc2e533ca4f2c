"""The smallest workload: the shortest list of steps, and the smallest numbers, with which a run still ends the same way.

Steps are removed by delta debugging (Zeller and Hildebrandt, 2002, "ddmin"): halves, then smaller parts. The counts of the steps that
are left and the whole numbers of the scenario are then halved towards their lower bounds; of other numbers 0 is tried. All of it is
repeated until nothing changes.
The same way: the same outcome, of the same memory, with the same pattern in the diagnosis.
"""

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from zoneviz.app.diagnosis import diagnosis
from zoneviz.app.simulation import Simulation
from zoneviz.app.spec import again
from zoneviz.app.state import open_recording
from zoneviz.app.whatif import PATIENCE, repeatable
from zoneviz.errors import InputError, UsageError
from zoneviz.scenarios import Scenario
from zoneviz.settings import Setting, Value
from zoneviz.spec import RunSpec, Settings

BAD = ("panic", "hang", "error")
SEPARATOR = "; "
_SLICE = 0.1
"""Seconds between two progress reports."""
Params = dict[str, Value]
Answer = Generator[int, None, bool]
"""Yields the number of runs so far; whether a candidate ends the same way."""


class End(NamedTuple):
    """How a run ended: outcome, the memory that ran out, and the pattern that filled it."""

    outcome: str
    memory: str
    pattern: str

    def __str__(self) -> str:
        return f"{self.outcome} ({', '.join(filter(None, (self.memory, self.pattern)))})"


@dataclass(frozen=True, slots=True)
class Smallest:
    """The smallest workload found. `before`, `after`: the scenario's parameters; `steps`: numbers of steps before and after."""

    spec: RunSpec
    end: End
    before: Params
    after: Params
    steps: tuple[int, int]
    events: tuple[int, int]
    runs: int

    def as_json(self) -> dict[str, Any]:
        """The result as JSON values."""
        made = {"scenario": self.spec.scenario, "profile": self.spec.profile, "seed": self.spec.seed}
        counts = {"steps": list(self.steps), "events": list(self.events), "runs": self.runs}
        return made | self.end._asdict() | {"before": self.before, "after": self.after} | counts


def recorded(path: Path) -> RunSpec:
    """The run of a recording. Errors: InputError if it is not a whole run of one of zoneviz's scenarios."""
    with open_recording(path) as recording:
        if not repeatable(recording.header):
            raise InputError(f"{path} cannot be run again: it is not a whole run of one of zoneviz's scenarios.")
        return again(recording.header)


def minimise(spec: RunSpec) -> Generator[int, None, Smallest]:
    """The smallest workload that ends like this run. Yields the number of runs so far, about ten times per second.

    Errors: UsageError if the run ends well or has nothing to reduce; as `Simulation`.
    """
    with TemporaryDirectory(prefix="zoneviz-") as folder:
        search = _Search(spec, Path(folder) / "run.zvz")
        return (yield from search.run())


class _Search:
    """The runs of one search. `best`: the smallest parameters so far."""

    def __init__(self, spec: RunSpec, file: Path) -> None:
        self.plan, self.spec, self.file = spec.resolve(), spec, file
        self.scenario: Scenario = self.plan.scenario
        self.best: Params = dict(self.plan.params)
        self.tried: dict[str, bool] = {}
        self.runs = 0
        self.most: int | None = spec.max_events
        self.events = 0
        self.end = End("", "", "")

    def run(self) -> Generator[int, None, Smallest]:
        """Reduce until nothing changes."""
        self.end = yield from self._ends(self.best)
        if self.end.outcome not in BAD:
            name = self.scenario.name
            raise UsageError(f"{name} ends without a panic, a hang or an error ({self.end.outcome}); minimise a run that ends badly.")
        first = self.events
        self.most = first * PATIENCE
        self.tried[_key(self.best)] = True
        numbers = [p for p in self.scenario.parameters if p.kind in ("int", "float") and p.low is not None]
        if not self.scenario.steps and not numbers:
            raise UsageError(f"{self.scenario.name} has neither a list of steps nor numbers to reduce.")
        before = None
        while before != self.best:
            before = dict(self.best)
            if self.scenario.steps:
                yield from self._fewer_steps()
                yield from self._smaller_steps()
            for setting in numbers:
                yield from self._smaller(setting)
        counts = len(self._steps(self.plan.params)), len(self._steps(self.best))
        spec = replace(self.spec, settings=Settings({**self.spec.settings, **self.best}))
        return Smallest(spec, self.end, dict(self.plan.params), self.best, counts, (first, self.events), self.runs)

    def _fewer_steps(self) -> Generator[int, None, None]:
        parts = 2
        while len(steps := self._steps(self.best)) > 1:
            for candidate in _parts(steps, parts):
                if (yield from self._same(self._with_steps(candidate))):
                    parts = 2 if len(candidate) <= len(steps) // 2 else max(parts - 1, 2)
                    break
            else:
                if parts >= len(steps):
                    return
                parts = min(2 * parts, len(steps))

    def _smaller_steps(self) -> Generator[int, None, None]:
        for index, step in enumerate(self._steps(self.best)):
            name, _, number = step.partition(" ")
            if number.isascii() and number.isdecimal():

                def made(count: int, index: int = index, name: str = name) -> Params:
                    steps = self._steps(self.best)
                    steps[index] = f"{name} {count}"
                    return self._with_steps(steps)

                yield from self._least(1, int(number), made)

    def _smaller(self, setting: Setting) -> Generator[int, None, None]:
        value = self.best[setting.name]
        if isinstance(value, float) and value and (setting.zero or setting.low == 0):
            yield from self._same({**self.best, setting.name: 0.0})
        elif isinstance(value, int) and setting.low is not None:
            yield from self._least(int(setting.low), value, lambda number: {**self.best, setting.name: number})

    def _least(self, low: int, high: int, made: Callable[[int], Params]) -> Generator[int, None, None]:
        """Reduce a number that is `high`: to `low` if that ends the same way, else to a number below which it does not."""
        if low >= high or (yield from self._same(made(low))):
            return
        while high - low > 1:
            middle = (low + high) // 2
            if (yield from self._same(made(middle))):
                high = middle
            else:
                low = middle

    def _same(self, params: Params) -> Answer:
        """Whether a run with these parameters ends the same way; then they are the best. No run is made twice."""
        key = _key(params)
        if key not in self.tried:
            events = self.events
            same = self.tried[key] = (yield from self._ends(params)) == self.end
            self.events = self.events if same else events
        if self.tried[key]:
            self.best = params
        return self.tried[key]

    def _ends(self, params: Params) -> Generator[int, None, End]:
        """Run to the end. The pattern is worked out only if outcome and memory are those wanted, or nothing is known yet."""
        self.runs += 1
        spec = replace(self.spec, settings=Settings({**self.spec.settings, **params}), output=self.file, record=True)
        spec = replace(spec, force=True, max_events=self.most)
        with suppress(UsageError):  # values that contradict each other: another end
            run = Simulation(spec)
            while run.advance(_SLICE):
                yield self.runs
            result = run.result()
            self.events = result["events"]
            end = End(result["outcome"], (result["panic"] or {}).get("memory", ""), "")
            if end.outcome not in BAD or end[:2] != (self.end[:2] if self.end.outcome else end[:2]):
                return end
            with open_recording(self.file) as recording:
                return end._replace(pattern=diagnosis(recording).pattern)
        return End("refused", "", "")

    def _steps(self, params: Params) -> list[str]:
        """The list of steps, empty if the scenario has none."""
        given = str(params.get(self.scenario.steps, ""))
        return [step.strip() for step in given.split(SEPARATOR.strip()) if step.strip()]

    def _with_steps(self, steps: list[str]) -> Params:
        return {**self.best, self.scenario.steps: SEPARATOR.join(steps)}


def _key(params: Params) -> str:
    return repr(sorted(params.items()))


def _parts(steps: list[str], parts: int) -> Iterator[list[str]]:
    """Each part of the list, and then the list without each part. With two parts both are the same lists."""
    size = -(-len(steps) // parts)
    starts = range(0, len(steps), size)
    yield from (steps[at : at + size] for at in starts)
    if len(starts) > 2:
        yield from (steps[:at] + steps[at + size :] for at in starts)


def scenario_file(found: Smallest, name: str) -> str:
    """The text of a scenario file that makes the smallest run, with the command in its head."""
    scenario, file = found.spec.resolve().scenario, Path(found.spec.scenario)
    base = str(file.resolve()) if found.spec.scenario.endswith(".py") else found.spec.scenario
    own = {p.name for p in scenario.parameters}
    settings = {key: value for key, value in found.spec.settings.items() if key not in own}
    command = replace(found.spec, scenario=f"{name}.py", settings=Settings(settings)).command()
    head = f"{scenario.name}, reduced to what still ends in the same way: {found.end}. Found with {found.runs} runs."
    changed = {key: value for key, value in found.after.items() if value != next(p.default for p in scenario.parameters if p.name == key)}
    rows = "".join(f"    {_code(key)}: {_code(value)},\n" for key, value in changed.items())
    return (
        f'"""{head}\n\n    {command.replace(chr(10), chr(10) + "    ")}\n"""\n\n'
        "from dataclasses import replace\n\nfrom zoneviz import scenarios\n\n"
        f"SMALL = {{\n{rows}}}\nBASE = scenarios.find({_code(base)})\nSCENARIO = replace(\n    BASE,\n    name={_code(name)},\n"
        "    parameters=tuple(replace(p, default=SMALL.get(p.name, p.default)) for p in BASE.parameters),\n)\n"
    )


def _code(value: Value) -> str:
    """A value in Python, text in double quotes."""
    return json.dumps(value) if isinstance(value, str) else repr(value)
