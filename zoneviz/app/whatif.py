"""What if there had been a limit? The recorded run again with one setting changed, not recorded.

Each variant is a `zoneviz run` in another process, so that the window stays responsive and a variant can be killed.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Generator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from zoneviz import scenarios, words
from zoneviz.app.spec import again
from zoneviz.app.state import open_recording
from zoneviz.errors import EnvironmentProblem, InputError
from zoneviz.mach.profile import SETTINGS
from zoneviz.recording.header import Header
from zoneviz.spec import RunSpec

PATIENCE = 4
"""A variant with this many times the events of the recorded run is stopped: it survived."""
_WAIT = 0.1
"""Seconds between two progress reports."""
LIMITS = {
    "max_processes": ("processes", "at most {} processes per user (fork fails beyond)"),
    "max_threads": ("threads", "at most {} threads per task"),
    "max_task_ports": ("ports", "at most {} ports per task"),
    "max_user_ports": ("ports", "at most {} ports per user"),
}
"""Settings that limit a count: the count of the machine, and words."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One setting to change, its value as text, and a description."""

    setting: str
    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Effect:
    """How a variant ended. `memory`: the one that ran out, or ""; `used`, `size`: bytes of zone_map; `counts`: of the machine.

    `survived`: no panic and no hang. `stopped`: still running at the maximum number of events. `seconds`: simulated. `brief`: the
    sentence without the limit, for a table.
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
    brief: str = ""
    digest: str = field(default="", repr=False)

    def as_json(self) -> dict[str, Any]:
        """All fields as JSON values."""
        return asdict(self)


def repeatable(header: Header) -> bool:
    """Whether this is a whole run of one of zoneviz's scenarios, so that it can be repeated."""
    return header.can_run_again and not header.part_of and header.scenario in scenarios.scenarios()


def triable(header: Header) -> bool:
    """Whether limits can be tried on the run. An excerpt that reaches the end will do: it has the settings and the outcome."""
    whole = replace(header, part_of="")
    return repeatable(whole) and header.part_of in ("", header.result.get("digest"))


def limits(header: Header) -> list[Limit]:
    """The limits that can be tried on a recorded run: those it did not have. Empty if the run cannot be repeated.

    A count is limited to half of its value at the end, so that each limit takes effect.
    """
    if not triable(header):
        return []
    values, counts = header.profile_values, header.result.get("counts")
    counts = counts if isinstance(counts, dict) else {}
    found = []
    for name, (counted, sentence) in LIMITS.items():
        half = counts.get(counted, 0) // 2 if isinstance(counts.get(counted, 0), int) else 0
        if half >= 2 and not values.get(name):
            found.append(Limit(name, str(half), sentence.format(words.number(half))))
    libports = SETTINGS["libports"]
    for policy, note in zip(libports.choices, libports.notes, strict=True):
        if policy != values.get("libports", "plain"):
            found.append(Limit("libports", policy, note))
    if not values.get("collect_zones"):
        found.append(Limit("collect_zones", "yes", "free pages of zones collected when zone_map is full, which Mach never did"))
    size = values.get("zone_map_size")
    if isinstance(size, int) and 0 < size <= 1 << 29:
        found.append(Limit("zone_map_size", str(2 * size), f"a zone_map of {words.size(2 * size)}, twice as large"))
    return found


def effects(
    path: Path,
    tried: list[Limit] | None = None,
    tell: Callable[[Effect], object] = lambda effect: None,
    patience: int = PATIENCE,
) -> Generator[tuple[int, int], None, list[Effect]]:
    """Run the variants one after the other and call `tell` with each when it has ended. Default: all `limits`.

    Yields (variants done, of) ten times per second; closing the generator kills the variant. A variant is stopped after
    `patience` times the recorded events.
    Errors: InputError if the recording cannot be repeated or is damaged; EnvironmentProblem if a process cannot be
    started or fails.
    """
    with open_recording(path) as recording:
        header, events = recording.header, recording.event_count
    if not triable(header):
        raise InputError(f"{path} cannot be run again with a limit: it is not a whole run of one of zoneviz's scenarios.")
    tried = limits(header) if tried is None else tried
    most = max(events * patience, 1)
    out: list[Effect] = []
    for limit in tried:
        spec = replace(again(header, {limit.setting: limit.value}), record=False, max_events=most)
        result = yield from run_apart(spec, len(out), len(tried))
        out.append(_effect(limit, result, header, most))
        tell(out[-1])
        yield len(out), len(tried)
    return out


def run_apart(spec: RunSpec, done: int, of: int) -> Generator[tuple[int, int], None, dict[str, Any]]:
    """The result of a run in another process. Yields while it runs; kills it when closed."""
    command = [sys.executable, "-m", "zoneviz", *spec.arguments(), "--json"]
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except OSError as error:
        raise EnvironmentProblem(f"A variant cannot be run: {error.strerror}.") from None
    output, problem = b"", b""
    try:
        while True:
            try:
                output, problem = process.communicate(timeout=_WAIT)
                break
            except subprocess.TimeoutExpired:
                yield done, of
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    if process.returncode:
        lines = problem.decode(errors="replace").strip().splitlines()
        raise EnvironmentProblem(f"A variant failed: {lines[-1] if lines else 'it printed nothing'}")
    try:
        result: dict[str, Any] = json.loads(output)
    except ValueError:
        raise EnvironmentProblem("A variant failed: it printed no result.") from None
    return result


def _effect(limit: Limit, result: dict[str, Any], header: Header, most: int) -> Effect:
    panic = result["panic"] or {}
    outcome = str(result["outcome"])
    stopped = outcome == "interrupted" and result["events"] >= most
    effect = Effect(
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
    return replace(effect, sentence=_sentence(effect, header), brief=_brief(effect, header))


def _compared(now: int, before: int) -> str:
    return "as before" if now == before else f"instead of {words.number(before)}"


def _brief(effect: Effect, header: Header) -> str:
    """How the variant ended, and the figures that tell: `finishes; 1,682 threads, 58 % of zone_map`."""
    if effect.digest == (header.part_of or header.digest):
        return "is the same, event for event"
    at = f"at {effect.seconds:,.3f} s"
    if effect.stopped:
        how = f"still runs after {words.number(effect.events)} events"
    else:
        ends = {"panic": f"panics {at}", "hang": f"hangs {at}", "finished": "finishes", "error": f"ends with an error {at}"}
        how = ends.get(effect.outcome, effect.outcome)
    figures = [words.count(effect.counts["threads"], "thread")] if effect.counts.get("threads") else []
    figures += [f"{words.share(effect.used, effect.size)} of zone_map"] if effect.size else []
    return "; ".join(part for part in (how, ", ".join(figures)) if part)


def _sentence(effect: Effect, header: Header) -> str:
    """The variant compared with the recorded run, the outcome first."""
    limit = effect.limit.words
    if effect.digest == (header.part_of or header.digest):
        return f"No difference with {limit}: the same run, event for event."
    before = header.result.get("counts")
    before = before if isinstance(before, dict) else {}
    figures = [f"{words.share(effect.used, effect.size)} of zone_map in use"] if effect.size else []
    figures += [
        f"{words.number(effect.counts[name])} {name} {_compared(effect.counts[name], before[name])}"
        for name in ("processes", "threads", "ports")
        if effect.counts.get(name) and isinstance(before.get(name), int)
    ]
    seconds = f"{effect.seconds:,.3f} s", f"{header.last_time / 1e9:,.3f} s"
    when = f"at {seconds[0]}, as before" if len(set(seconds)) == 1 else f"at {seconds[0]} instead of {seconds[1]}"
    if effect.outcome == "panic":
        lead, end = "Still a panic", f"{effect.panic}, {when}"
    elif effect.outcome == "hang":
        lead, end = "A hang instead", f"no thread can run, {when}"
    elif effect.stopped:
        lead, end = "No panic", f"still running after {words.number(effect.events)} events, at {seconds[0]}"
    else:
        how = {"finished": "the run finishes", "error": "a call returns an error"}.get(effect.outcome, effect.outcome)
        lead, end = "No panic", f"{how} at {seconds[0]}"
    return f"{lead} with {limit}: {end}; {', '.join(figures)}."
