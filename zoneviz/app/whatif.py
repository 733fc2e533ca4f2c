"""What would have happened with a limit: the same scenario and seed run again with one setting changed, unrecorded.

Each variant is a run of the command line in a process of its own, so that a window stays quick and a variant can be ended.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Generator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from zoneviz import scenarios, words
from zoneviz.app.state import open_recording
from zoneviz.errors import EnvironmentProblem, InputError
from zoneviz.mach.profile import SETTINGS
from zoneviz.recording.header import SIMULATED, Header

PATIENCE = 4
"""A variant that has told so many times the events of the recorded run, and goes on, is stopped: it did survive."""
_WAIT = 0.1
_LIMITS = {
    "max_processes": ("processes", "at most {} processes a user (fork fails beyond)"),
    "max_threads": ("threads", "at most {} threads a task"),
    "max_task_ports": ("ports", "at most {} ports a task"),
    "max_user_ports": ("ports", "at most {} ports a user"),
}
"""Settings that limit a count, by name: which count of the machine, and words."""
_POLICIES = {
    "plain": "libports as it was until 2005 (a thread whenever nobody listens)",
    "throttle": "k0ro's throttle in libports (at most 251 threads, from 64 on slowly)",
    "keep-one": "libports of 2011 (idle workers go, one listener stays)",
    "depress": "libports of 2012 (a new worker first lowers its priority)",
    "pool": "a fixed pool of workers, as libpager has had since 2014",
}


@dataclass(frozen=True, slots=True)
class Limit:
    """One setting to change, its value as text, and what it is, in words."""

    setting: str
    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Effect:
    """How the variant ended. `memory`: that ended, "" if none did; `used`, `size`: bytes of zone_map; `counts`: as in the machine part.

    `survived`: no panic and no hang. `stopped`: it was still running after PATIENCE times the recorded events.
    """

    limit: Limit
    outcome: str
    survived: bool
    stopped: bool
    memory: str
    panic: str
    used: int
    size: int
    counts: Mapping[str, int]
    seconds: float
    events: int
    sentence: str = ""
    digest: str = field(default="", repr=False)

    def as_json(self) -> dict[str, Any]:
        """The same as JSON values."""
        return asdict(self)


def repeatable(header: Header) -> bool:
    """Whether it is a whole run of a scenario of this version: then it can be run again."""
    return header.kind == SIMULATED and not header.part_of and header.scenario in scenarios.scenarios()


def triable(header: Header) -> bool:
    """Whether the run can be made again with a limit: a part will do, if it goes to the end, for it knows the settings and how it ended."""
    whole = replace(header, part_of="")
    return repeatable(whole) and header.part_of in ("", header.result.get("digest"))


def limits(header: Header) -> list[Limit]:
    """The limits that can be tried on a recorded run: those this version has and the run did not.

    Counts are limited to half of what there was at the end, so that each of them binds. Empty if it cannot be run again.
    """
    if not triable(header):
        return []
    values, counts = header.profile_values, header.result.get("counts")
    counts = counts if isinstance(counts, dict) else {}
    found = []
    for name, (counted, sentence) in _LIMITS.items():
        half = counts.get(counted, 0) // 2 if isinstance(counts.get(counted, 0), int) else 0
        if name in SETTINGS and half >= 2 and not values.get(name):
            found.append(Limit(name, str(half), sentence.format(f"{half:,}")))
    for policy in SETTINGS["libports"].choices:
        if policy != values.get("libports", "plain"):
            found.append(Limit("libports", policy, _POLICIES.get(policy, f"libports={policy}")))
    if "collect_zones" in SETTINGS and not values.get("collect_zones"):
        found.append(Limit("collect_zones", "1", "free pages of zones collected when zone_map is full, which Mach never did"))
    size = values.get("zone_map_size")
    if isinstance(size, int) and 0 < size <= 1 << 29:
        found.append(Limit("zone_map_size", str(2 * size), f"a zone_map of {words.size(2 * size)}, twice as large"))
    return found


def effects(
    path: Path, tried: list[Limit] | None = None, tell: Callable[[Effect], object] = lambda effect: None
) -> Generator[tuple[int, int], None, list[Effect]]:
    """Run the variants one after the other; `tell` is called with each as it ends. Yields (variants done, of) ten times a second.

    Closing the generator ends the variant that runs. Errors: InputError if the recording cannot be run again, or is damaged;
    EnvironmentProblem if no process can be started or one fails.
    """
    with open_recording(path) as recording:
        header, events = recording.header, recording.event_count
    tried = limits(header) if tried is None else tried
    if not triable(header):
        raise InputError(f"{path} is no run of a scenario of this version, so it cannot be run again with a limit.")
    out: list[Effect] = []
    for limit in tried:
        result: dict[str, Any] = yield from _run(_command(header, limit, events * PATIENCE), len(out), len(tried))
        out.append(_effect(limit, result, header, events * PATIENCE))
        tell(out[-1])
        yield len(out), len(tried)
    return out


def _command(header: Header, limit: Limit, most: int) -> list[str]:
    settings = {name: str(value) for name, value in header.parameters.items()} | {limit.setting: limit.value}
    sets = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    run = [sys.executable, "-m", "zoneviz", "run", header.scenario, "--profile", header.profile, "--seed", str(header.seed)]
    return [*run, *sets, "--no-record", "--json", "--max-events", str(max(most, 1))]


def _run(command: list[str], done: int, of: int) -> Generator[tuple[int, int], None, dict[str, Any]]:
    """The JSON that a command prints; yields while it runs, and ends it if nobody waits any more."""
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except OSError as error:
        raise EnvironmentProblem(f"A variant cannot be run: {error.strerror}.") from None
    said, problem = b"", b""
    try:
        while True:
            try:
                said, problem = process.communicate(timeout=_WAIT)
                break
            except subprocess.TimeoutExpired:
                yield done, of
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    if process.returncode:
        lines = problem.decode(errors="replace").strip().splitlines()
        raise EnvironmentProblem(f"A variant failed: {lines[-1] if lines else 'it said nothing'}")
    try:
        result: dict[str, Any] = json.loads(said)
    except ValueError:
        raise EnvironmentProblem("A variant failed: it told no result.") from None
    return result


def _effect(limit: Limit, result: dict[str, Any], header: Header, most: int) -> Effect:
    panic = result["panic"] or {}
    outcome = str(result["outcome"])
    stopped = outcome == "interrupted" and result["events"] >= most
    made = Effect(
        limit=limit,
        outcome=outcome,
        survived=outcome not in ("panic", "hang"),
        stopped=stopped,
        memory=str(panic.get("memory", "")),
        panic=str(panic.get("text", "")),
        used=int(result["zone_map"]["used"]),
        size=int(result["zone_map"]["size"]),
        counts=dict(result["counts"]),
        seconds=float(result["simulated_seconds"]),
        events=int(result["events"]),
        digest=str(result["digest"]),
    )
    return replace(made, sentence=_sentence(made, header))


def _beside(now: int, before: int) -> str:
    return "as before" if now == before else f"instead of {before:,}"


def _sentence(effect: Effect, header: Header) -> str:
    """The variant beside the recorded run; what matters stands first."""
    words = effect.limit.words
    if effect.digest == (header.part_of or header.digest):
        return f"No difference with {words}: the same run, event for event."
    before = header.result.get("counts")
    before = before if isinstance(before, dict) else {}
    figures = [f"zone_map {100 * effect.used / effect.size:.0f} % full"] if effect.size else []
    figures += [
        f"{effect.counts[name]:,} {name} {_beside(effect.counts[name], before[name])}"
        for name in ("processes", "threads", "ports")
        if effect.counts.get(name) and isinstance(before.get(name), int)
    ]
    seconds = f"{effect.seconds:,.3f} s", f"{header.last_time / 1e9:,.3f} s"
    when = f"at {seconds[0]}, as before" if len(set(seconds)) == 1 else f"at {seconds[0]} instead of {seconds[1]}"
    if effect.outcome == "panic":
        lead, end = "Still a panic", f"{effect.panic}, {when}"
    elif effect.outcome == "hang":
        lead, end = "A hang instead", f"nothing can run any more {when}"
    elif effect.stopped:
        lead, end = "No panic", f"it goes on after {PATIENCE} times as many events, at {seconds[0]}"
    else:
        how = {"finished": "the run comes to its end", "error": "a call returns an error"}.get(effect.outcome, effect.outcome)
        lead, end = "No panic", f"{how} at {seconds[0]}"
    return f"{lead} with {words}: {end}; {', '.join(figures)}."
