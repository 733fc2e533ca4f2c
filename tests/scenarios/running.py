"""Run a scenario to its end without a recording, as docs/architecture.md describes."""

import random
from dataclasses import dataclass, field

from tests.mach.bench import profile
from zoneviz.events import Event
from zoneviz.mach.ends import Ended
from zoneviz.mach.kernel import Kernel
from zoneviz.scenarios import Run, Scenario, find


@dataclass(slots=True)
class Result:
    kernel: Kernel
    ended: Ended
    events: list[Event] = field(repr=False)


def run(
    scenario: str | Scenario,
    profile_name: str = "upstream-2007",
    *,
    seed: int = 1,
    kernel: dict[str, str] | None = None,
    **params: str,
) -> Result:
    """The result of a run. `kernel`: values of the profile. `params`: parameters of the scenario, as text."""
    found = find(scenario) if isinstance(scenario, str) else scenario
    events: list[Event] = []
    machine = Kernel(profile(profile_name, **(kernel or {})), events.append, seed=seed)
    machine.boot()
    if machine.ended is None:
        found.start(Run(machine, found.parse(params), random.Random(seed)))
        while machine.run(10_000):
            pass
    assert machine.ended is not None
    return Result(machine, machine.ended, events)
