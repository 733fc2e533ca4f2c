"""What to record of this machine."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from zoneviz.errors import UsageError
from zoneviz.sources.wanted import Wanted

SHORTEST = 0.01
"""Seconds between two readings, at least: a reading takes about a millisecond."""
LIMIT = 2 << 30
"""Largest file in bytes, if a quarter of the free disk is not less."""
BUFFER = 64 << 20
"""Bytes of trace for each processor."""


@dataclass(frozen=True, slots=True)
class LiveSpec:
    """What to record of this machine, for how long, and where. `every`, `seconds` (None: until it is stopped) in seconds; `buffer`,
    `limit` (of the file; None: LIMIT or a quarter of the free disk) in bytes.

    `events`: every allocation and free; `stacks`: with call stacks. `only`: patterns of cache names; `min_size`: bytes of an
    allocation; `pid`, `command`, `cgroup`: allocations of that process, of processes of that name or of a control group.

    `keep`: seconds for which everything is kept, older times in short (`keeping.Keeper`); None: all of it.
    `alerts`: conditions (`alerts.Alerts`); `alert_before`: seconds of warning before a limit is reached, 0 for none; `then`: a command
    to run for each alert.
    """

    every: float = 1.0
    seconds: float | None = None
    events: bool = False
    stacks: bool = False
    only: tuple[str, ...] = ()
    min_size: int = 0
    pid: int | None = None
    command: str = ""
    cgroup: str = ""
    buffer: int = BUFFER
    output: Path | None = None
    force: bool = False
    limit: int | None = None
    keep: float | None = None
    alerts: tuple[str, ...] = ()
    alert_before: float = 0.0
    then: str = ""

    def checked(self) -> "LiveSpec":
        """Itself, with `events` where another field needs them. Errors: UsageError for an impossible value."""
        if not self.every >= SHORTEST:
            raise UsageError(f"Readings can be taken every {SHORTEST:g} s at most, not every {self.every:g} s.")
        if self.seconds is not None and not self.seconds > 0:
            raise UsageError("A recording needs a positive time: try --for 10m.")
        if self.limit is not None and self.limit <= 0:
            raise UsageError("The limit of the file must be positive: try --limit 2G.")
        events = self.events or self.stacks or self.wanted.partial
        if self.buffer != BUFFER and not events:
            raise UsageError("--buffer is where the kernel keeps events: add --events or --stacks, or leave it out.")
        return replace(self, events=events)

    @property
    def wanted(self) -> Wanted:
        """Which allocations are recorded."""
        return Wanted(self.only, self.min_size, self.pid, self.command, self.cgroup)

    def parameters(self) -> dict[str, str | int | float | bool]:
        """What was asked for, for the header: only what differs from the default."""
        given = {"every": self.every, "events": self.events, "stacks": self.stacks, "only": ",".join(self.only)}
        given |= {"min_size": self.min_size, "pid": self.pid or 0, "command": self.command, "cgroup": self.cgroup, "keep": self.keep or 0}
        return {name: value for name, value in given.items() if value or name == "every"}  # type: ignore[misc]


class LiveStatus(NamedTuple):
    """How a recording goes: readings and events so far, events a second, events lost, bytes of the file and their limit, and alerts."""

    readings: int
    events: int
    rate: float
    lost: int
    size: int
    limit: int
    alerts: tuple[str, ...] = ()
