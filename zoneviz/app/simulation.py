"""A run in progress: kernel and recorder, driven in slices by the caller.

The wall clock decides only how long a slice is and when to commit. It never reaches the kernel, so the events do not
depend on the slices.
"""

import os
import random
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from zoneviz.app import collector
from zoneviz.app.model import model_version
from zoneviz.app.own_files import remember
from zoneviz.app.spec import default_output
from zoneviz.errors import InputError, ZonevizError, described
from zoneviz.events import Catalog
from zoneviz.mach.ends import Halt
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.switching import apply
from zoneviz.mach.tape import COMPILED, Tape
from zoneviz.recording import Batch, EventStream, Header, Recorder
from zoneviz.scenarios import Run
from zoneviz.spec import Plan, RunSpec

SLICE_SECONDS = 0.008
"""Target duration of one call into the kernel; the caller is free between two calls."""
COMMIT_SECONDS = 0.2
"""Time from one commit to the next, including the commit: with a slice, at most 250 ms."""
MAX_STEPS = 20_000
PENDING_EVENTS = 32_768
"""Commit at once above this number of events: until then they are in memory, and lost if the disk is full."""


class Simulation:
    """One run of a scenario, from boot to its end. Use it from one operating-system thread.

    The constructor boots the kernel, starts the scenario and creates the recording. `clock`: wall clock in seconds.
    `take`: called with each batch of events instead of recording them. `catalog`: an empty one that the run fills, for `take`.
    Errors of the constructor: UsageError, InputError and EnvironmentProblem as `RunSpec.resolve` and `Recorder`. Errors of
    advancing: EnvironmentProblem if the recording cannot be written, InputError if a user's own scenario fails; the
    recording is then closed as incomplete.
    """

    def __init__(
        self,
        spec: RunSpec,
        *,
        clock: Callable[[], float] = time.perf_counter,
        commit_seconds: float = COMMIT_SECONDS,
        catalog: Catalog | None = None,
        take: Callable[[Batch], object] | None = None,
    ) -> None:
        self.spec = spec
        self.plan: Plan = spec.resolve()
        self.catalog = Catalog() if catalog is None else catalog
        self.path: Path | None = None
        self._clock, self._commit_seconds = clock, commit_seconds
        self._wall = self._commit_took = 0.0
        self._steps = 16
        self._switches = list(self.plan.switches)
        self._result: dict[str, Any] | None = None
        tape = Tape() if COMPILED else None
        self._recorder = self._begin(tape) if spec.record and take is None else None
        self.stream = EventStream(take, tape=tape) if self._recorder is None else self._recorder.stream
        """The events of the run, whether recorded or not."""
        begun = self._last_commit = clock()
        collector.relax(self)
        with _Guard(self):
            self.kernel = Kernel(self.plan.profile, sink=self.stream.sink, catalog=self.catalog, seed=self.plan.seed)
            self.run = Run(self.kernel, self.plan.params, random.Random(self.plan.seed))
            self.kernel.boot()
            if self.kernel.ended is None:
                with suppress(Halt):  # even the first task may exceed a limit
                    self.plan.scenario.start(self.run)
            self._after_slice(begun)

    @property
    def events(self) -> int:
        """Number of committed events: those a reader of the recording sees."""
        return self.stream.events

    @property
    def time(self) -> int:
        """Simulated nanoseconds of the last committed event."""
        return self.stream.time

    @property
    def ended(self) -> bool:
        """Whether the run has ended and its recording is closed."""
        return self._result is not None

    def advance(self, wall_seconds: float) -> bool:
        """Run for about `wall_seconds`, in slices. Returns False when the run has ended."""
        until = self._clock() + wall_seconds
        while not self.ended:
            begun = self._clock()
            with _Guard(self):
                self._slice(min(SLICE_SECONDS, wall_seconds))
                self._after_slice(begun)
            if self._clock() >= until:
                break
        return not self.ended

    def step(self) -> bool:
        """Run one scheduler step and commit. Returns False when the run has ended."""
        if not self.ended:
            begun = self._clock()
            with _Guard(self):
                self.kernel.run(1)
                self._after_slice(begun, commit=True)
        return not self.ended

    def flush(self) -> None:
        """Commit before a pause; nothing else will until the next call."""
        if not self.ended:
            with _Guard(self):
                self._after_slice(self._clock(), commit=True)

    def stop(self) -> None:
        """End the run as interrupted; the recording is complete. Does nothing after the end."""
        if not self.ended:
            with _Guard(self):
                self.kernel.end("interrupted")
                self._after_slice(self._clock())

    def __del__(self) -> None:
        collector.restore(self)  # a run that its caller gave up

    def result(self) -> dict[str, Any]:
        """The result of the ended run, as `run --json` prints it.

        Errors: ValueError while it is running.
        """
        if self._result is None:
            raise ValueError("the run has not ended")
        return self._result

    def used(self) -> tuple[int, int]:
        """(bytes of zone_map in use, its size) now."""
        zone_map = self.kernel.machine()["zone_map"]
        return int(zone_map["used"]), int(zone_map["size"])

    def _begin(self, tape: Tape | None) -> Recorder:
        """Create the recording that `spec` asks for."""
        spec, plan = self.spec, self.plan
        now = datetime.now(UTC).astimezone()
        self.path = spec.output or default_output(plan.scenario.name, plan.seed, now)
        if plan.scenario.file is not None:
            remember(plan.scenario.file)
        header = Header(
            scenario=plan.scenario.name,
            parameters=plan.parameters(),
            profile=plan.profile.name,
            profile_values=plan.profile.settings(),
            seed=plan.seed,
            created=now.isoformat(timespec="seconds"),
            model=model_version(plan.scenario.file),
        )
        return Recorder(self.path, self.catalog, header, force=spec.force, tape=tape)

    def _slice(self, seconds: float) -> None:
        """Run for about `seconds`, at least one step."""
        most, switches = self.plan.max_events, self._switches
        if switches and (most is None or switches[0].event < most):
            if self._reaches(switches[0].event, seconds):
                switch = switches.pop(0)
                with suppress(Halt):  # even a kill allocates, and can panic
                    apply(self.kernel, switch.name, switch.value)
            return
        if most is not None:
            if self._reaches(most, seconds):
                self.kernel.end("interrupted")
            return
        begun = self._clock()
        self.kernel.run(self._steps)
        took = self._clock() - begun
        # At most half or double, so that one unusual slice does not distort the next.
        aim = self._steps * seconds / took if took > 0 else self._steps * 2.0
        self._steps = int(min(max(aim, self._steps / 2, 1), self._steps * 2, MAX_STEPS))

    def _reaches(self, events: int, seconds: float) -> bool:
        """Run single steps up to this number of events, so that the last one does not depend on the slices. Whether it is there."""
        until = self._clock() + seconds
        stream, run = self.stream, self.kernel.run
        while stream.events + stream.pending < events:
            if not run(1) or self._clock() >= until:
                return False
        return self.kernel.ended is None

    def _after_slice(self, begun: float, commit: bool = False) -> None:
        """Commit if a commit is due or the run has ended: the last event must survive."""
        ended = self.kernel.ended is not None
        now = self._clock()
        # If commits take longer than the run itself, more of them do not help.
        due = now - self._last_commit + min(self._commit_took, self._commit_seconds / 2) >= self._commit_seconds
        if ended or commit or due or self.stream.pending > PENDING_EVENTS:
            self.stream.commit()
            self._last_commit = self._clock()
            self._commit_took = self._last_commit - now
        self._wall += self._clock() - begun
        if ended:
            result = self._summary()
            if self._recorder is not None:
                self._recorder.finish(result["outcome"], result)
            self._result = result
            collector.restore(self)

    def _summary(self) -> dict[str, Any]:
        plan, kernel, ended = self.plan, self.kernel, self.kernel.ended
        assert ended is not None
        panic = ended.panic
        result = {
            "scenario": plan.scenario.name,
            "profile": plan.profile.name,
            "seed": plan.seed,
            "parameters": plan.parameters(),
            "outcome": ended.outcome,
            "kern_return": ended.kern_return,
            "panic": None
            if panic is None
            else {"text": panic.text, "zone": panic.zone, "memory": panic.memory, "task": panic.task, "call_path": list(panic.call_path)},
            **kernel.machine(),
            "events": self.stream.events,
            "digest": self.stream.digest,
            "simulated_seconds": kernel.time / 1e9,
            "wall_seconds": round(self._wall, 6),
            "kernel": "compiled" if COMPILED else "interpreted",
            **ended.extra,
        }
        return {**result, "why": ended.why} if ended.why else result

    def _failed(self, error: BaseException) -> BaseException:
        """Close the recording as incomplete. Returns what to raise: an InputError if a user's own scenario has failed."""
        collector.restore(self)
        file = self.plan.scenario.file
        if file is not None and isinstance(error, Exception | SystemExit) and not isinstance(error, ZonevizError):
            line = _line(error, file)
            if line is not None:
                error = InputError(f"{file} fails in line {line}: {described(error).rstrip('.')}.")
        if self._recorder is not None:
            self._recorder.abort("it was interrupted in the middle of a step" if isinstance(error, KeyboardInterrupt) else _words(error))
        return error


class _Guard:
    """Around everything that runs the kernel: on any error the recording is closed and stays readable."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None:
            raised = self._simulation._failed(error)
            if raised is not error:
                raise raised from error


def _words(error: BaseException) -> str:
    return str(error) if isinstance(error, ZonevizError) else f"zoneviz failed: {described(error)}"


def _line(error: BaseException, file: Path) -> int | None:
    """The innermost line of the scenario's own file that the error passed through; None if it did not."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame.lineno for frame in frames if os.path.abspath(frame.filename) == os.path.abspath(file)]
    return own[-1] if own else None
