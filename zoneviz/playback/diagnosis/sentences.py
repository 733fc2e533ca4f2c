"""The findings of a diagnosis as sentences, each with the figures it rests on."""

import numpy as np

from zoneviz import words
from zoneviz.events import SEND, Kind
from zoneviz.playback.diagnosis.conclusion import conclusion
from zoneviz.playback.diagnosis.memories import NAME_LENGTH, asked_last
from zoneviz.playback.diagnosis.patterns import (
    BACKLOG,
    CAUSE,
    EXPLOSION,
    FORK_BOMB,
    LEAK,
    NONE,
    OTHER,
    PATTERNS,
    PORTS_LEAST,
    RECURSIVE,
    THREADS_LEAST,
    by_largest,
)
from zoneviz.playback.diagnosis.results import Diagnosis, Finding
from zoneviz.playback.diagnosis.stretch import Stretch
from zoneviz.playback.diagnosis.supply import caches, growth, leak_rate, reservations
from zoneviz.playback.limits import PHYSICAL
from zoneviz.state.figures import MAPS
from zoneviz.state.rows import PATH, TIME

_SERVER = 0.1
"""A task that receives from this share of the new ports is a server; its send rights are part of the service."""
_MUCH = 0.1
"""A task that allocated less than this share of the memory in use is not named."""
_KEEPER = 0.25
"""A task is named as keeper of leaked ports only if other tasks hold rights to this share of them."""
_REQUESTS = 100
"""Messages a task must have received before its threads per message mean anything."""
_STILL = 0.95
"""A curve whose end is at least this share of its peak is still up."""
_EARLIER = 0.05
"""A count that starts to grow earlier than memory by this share of the stretch has another reason."""
_COUNTS = {FORK_BOMB: "tasks", RECURSIVE: "tasks", EXPLOSION: "threads", LEAK: "ports", BACKLOG: "messages"}
"""The figure of `figures.MACHINE_FIGURES` that shows a pattern."""

_PARTS = {
    "processes": "Processes, with their maps and ports,",
    "threads": "Threads, with their stacks and ports,",
    "ports": "Ports",
    "messages": "Messages",
    "address spaces": "Address spaces",
    "other": "Other allocations",
}
_ENDS = {
    "finished": "the run finished",
    "booted": "the machine booted",
    "error": "a call returned an error",
    "hang": "no thread could run",
    "interrupted": "the run was stopped",
    "excerpt": "the excerpt ends before the run",
}

_SERVERS = {
    "null": "the server of /dev/null",
    "ext2fs": "the file system",
    "proc": "the process server",
    "auth": "the authentication server",
    "exec": "the program loader",
}
"""What a task of this name does, for readers who do not know the Hurd."""


def findings(stretch: Stretch, found: Diagnosis) -> list[Finding]:
    """All findings: what filled the memory and since when, then the figures behind that."""
    held = [*caches(stretch, found), *reservations(stretch, found)]
    shown = [*growth(stretch, found), *_since(stretch, found), *held]
    answer = [*_pattern(stretch, found, held, shown), *shown]
    ended = _ended(stretch, found)
    return [
        *([ended, *answer] if found.ended is None else [*answer, ended]),
        *_others(stretch, found),
        *_asked(stretch, found),
        *leak_rate(stretch, found),
        *_keepers(stretch, found),
        *_largest(found),
        *_holder(stretch, found),
        *_kept(stretch, found),
        *_threads(found),
        *_fragments(found),
    ]


def _name(text: str) -> str:
    """A name from the recording as one line of plain text."""
    return words.one_line(text, NAME_LENGTH)


def _server(task: int, names: dict[int, str]) -> str:
    """`null, the server of /dev/null (task 5)`, or `bomb (task 6)` if its name has no entry in _SERVERS."""
    name = names.get(task, "")
    return f"{name}, {_SERVERS[name]} (task {task})" if task and name in _SERVERS else words.task(task, names)


def _when(stretch: Stretch, seq: int) -> str:
    rows = stretch.recording.events(seq, seq)  # none at the beginning of an excerpt: the state before its first event
    return words.moment(seq, int(rows[0, TIME]) if len(rows) else stretch.before.time, stretch.recording.header.time_kind)


def _ended(stretch: Stretch, found: Diagnosis) -> Finding:
    when = words.moment(found.at, found.time, found.time_kind)
    memory = found.ended
    if memory is not None:
        text = f"Ran out at {when}: {memory.meaning} ({words.size(memory.size)})."
        refused = stretch.counts.refused
        if stretch.after.panic is None and refused is not None and refused.kind == Kind.KMEM_FAIL:
            why = f" ({words.error(refused.error)})" if refused.error else ""
            text += f" The last request, for {words.size(refused.size)}, was refused{why}."
        return Finding("memory", text, seq=found.at, zone=memory.zone, numbers={"size": memory.size, "free": memory.free})
    fullest = max(found.memories, key=lambda m: m.full, default=None)
    end = _ENDS.get(found.outcome, "the run continues" if found.at < stretch.recording.event_count else "the recording stops there")
    text = f"No memory ran out by {when}; {end}."
    if fullest is not None:
        text += f" Fullest: {words.share(fullest.used, fullest.room)} of {fullest.short} used {stretch.began}."
    return Finding("memory", text, seq=found.at, numbers={"full": round(fullest.full, 4)} if fullest else {})


def _others(stretch: Stretch, found: Diagnosis) -> list[Finding]:
    others = [m for m in found.memories if not m.ended and m.room > 0]
    # There are a dozen caps of zones, and maps for one purpose: only those that are well used.
    named = [m for m in others if m.name in (*MAPS, PHYSICAL) or m.full >= 0.25]
    if not named or found.ended is None:
        return []
    text = words.listed([f"{words.share(m.used, m.room)} of {m.short}" for m in named])
    numbers = {m.name: round(m.full, 4) for m in named}
    return [Finding("others", f"Other limits, used {stretch.began}: {text}.", numbers=numbers)]


def _asked(stretch: Stretch, found: Diagnosis) -> list[Finding]:
    panic = stretch.after.panic
    if panic is None:
        return []
    zone = asked_last(stretch.after, stretch.counts)
    where = f" in {_name(_routine(panic.call_path))}" if panic.call_path else ""
    size = next((row.size for row in found.zones if row.zone == zone), 0)
    what = f", for the zone “{_name(zone)}” of {words.size(size)}" if zone else ""
    text = f"The last request came from {words.task(panic.task, stretch.names)}{where}{what}."
    path = int(stretch.recording.events(panic.seq, panic.seq)[0, PATH])
    numbers = {"held": size} if zone else {}
    return [Finding("asked", text, seq=panic.seq, zone=zone, task=panic.task, path=path, numbers=numbers)]


def _routine(frames: list[str]) -> str:
    """The innermost frame that is not part of the allocator."""
    how = ("panic", "zalloc", "kalloc", "kmem_alloc", "kmem_alloc_wired", "ipc_object_alloc", "ipc_object_alloc_name", "ipc_table_alloc")
    return next((frame for frame in reversed(frames) if frame not in how), frames[-1] if frames else "")


def _pattern(stretch: Stretch, found: Diagnosis, held: list[Finding], shown: list[Finding]) -> list[Finding]:
    """The one sentence that may say "cause", always with the figures it rests on; without a pattern, what follows from those `shown`."""
    whole = sum(found.parts.values())
    numbers: dict[str, int | float] = {f"share of {part}": round(size / whole, 4) if whole > 0 else 0 for part, size in found.parts.items()}
    numbers["taken"] = whole
    span = (found.first + 1, found.at)
    if found.pattern == NONE:
        text = conclusion(shown, found.memories)
        return [Finding("pattern", text, "open", found.at, span, numbers=numbers)] if text else []
    part = stretch.verdict.part or max(found.parts, key=lambda name: found.parts[name])
    share = words.share(found.parts[part], whole)
    allocated = f"the {words.size(whole)} allocated {stretch.began} and still in use"
    if found.pattern == OTHER:
        text = "No known pattern" + (f": most of {allocated} went to {part}, {share} of it." if not held else ".")
        return [Finding("pattern", text, "open", found.at, span, numbers=numbers)]
    named = found.pattern if found.pattern == RECURSIVE else f"a {found.pattern}"
    likely = "" if found.confidence == CAUSE else "likely "
    lead = f"{found.filled} is {likely}being filled by {named}" if found.ended is None else f"The cause is {likely}{named}"
    text, more = _evidence(stretch, found)
    if stretch.filled is not None and stretch.filled.zone:
        allocated = f"the {words.size(whole)} allocated from “{_name(stretch.filled.zone)}” {stretch.began} and still in use"
    text = f"{lead}: {text}. {_PARTS[part]} take {share} of {allocated}.{doubt(stretch, found, part)}"
    return [Finding("pattern", text, found.confidence, found.at, span, task=found.task, numbers=numbers | more)]


def doubt(stretch: Stretch, found: Diagnosis, part: str) -> str:
    """What speaks against the leading part: that another took the very last memory, or uses more but stopped growing."""
    most = max(found.parts, key=lambda name: found.parts[name])
    last = stretch.verdict.last
    straw = max(last, key=lambda name: last[name])
    if most == part:
        if found.confidence == CAUSE or straw == part:
            return ""
        share = words.share(last[straw], sum(last.values()))
        return f" Not certain: {'' if share == '100 %' else f'{share} of '}the last 5 % went to {straw}, not {part}."
    whole, young = sum(found.parts.values()), sum(found.late.values())
    return (
        f" {part.capitalize()} took {words.share(found.late[part], young)} of the last quarter, "
        f"since event {words.number(stretch.late_since)}. "
        f"{most.capitalize()} use more, {words.share(found.parts[most], whole)} of all, "
        f"but took {words.share(found.late[most], young)} of that quarter."
    )


def _evidence(stretch: Stretch, found: Diagnosis) -> tuple[str, dict[str, int | float]]:
    """Whose they are and how many, as the end of a sentence; and its figures."""
    grown = stretch.grown
    new, before = len(grown.new_tasks), len(stretch.before.tasks.live())
    numbers: dict[str, int | float] = {"new tasks": new, "tasks before": before}
    tasks = f"{words.count(new, 'new task')}, {words.number(before)} before" if new else "No new tasks"
    if found.pattern in (FORK_BOMB, RECURSIVE):
        most, young = max(grown.parents.values()), sum(grown.parents.values())
        numbers |= {"parents": len(grown.parents), "children of one": most}
        alive = f"{words.count(new, 'new task is', 'new tasks are')} alive"
        if found.pattern == FORK_BOMB:
            of = f"{words.number(most)} of the newest {words.number(young)} processes"
            return f"{words.task(found.task, stretch.names)} is the parent of {of}. {alive}", numbers
        parents = f"the newest {words.number(young)} processes have {words.number(len(grown.parents))} parents"
        parents += f", none with more than {words.number(most)} of them"
        return f"{parents}. {alive}", numbers
    if found.pattern == BACKLOG:
        queued = int(stretch.after.ports.queued.sum())
        numbers |= {"messages": grown.messages, "queued": queued}
        # An imported stream has the memory of messages but not their queues; that of a running call is among it.
        wait = f", and {words.number(queued)} are queued" if queued else ""
        return f"{words.count(grown.messages, 'new message')} were not freed{wait}. {tasks}", numbers
    text, more = _owner(stretch, found)
    return f"{text}. {tasks}", numbers | more


def _owner(stretch: Stretch, found: Diagnosis) -> tuple[str, dict[str, int | float]]:
    """Whose the new threads, ports or names are, and how many; and the figures."""
    grown, names = stretch.grown, stretch.names
    received = sum(grown.ports.values()) >= PORTS_LEAST
    by_task, what = (grown.ports, "port") if received else (grown.names, "name")
    if found.pattern == EXPLOSION:
        by_task, what = grown.threads, "thread"
    whole, own = sum(by_task.values()), by_task[found.task]
    share = f"all {words.number(whole)}" if own == whole else f"{words.number(own)} of the {words.number(whole)}"
    text = f"{share} new {what}s belong to {_server(found.task, names)}"
    namesakes = [task for task in by_task if names.get(task) and names.get(task) == names.get(found.task)]
    if len(namesakes) > 1:
        together = sum(by_task[task] for task in namesakes)
        text += f". The {words.number(len(namesakes))} tasks of this name have {words.number(together)} together"
    return text, {f"{what}s": whole, f"{what}s of one": own}


def _keepers(stretch: Stretch, found: Diagnosis) -> list[Finding]:
    """The task whose rights keep the leaked ports alive: a client that could free them, not a server that receives from them."""
    if found.pattern != LEAK:
        return []
    ports, rights = stretch.after.ports, stretch.after.rights
    fresh = ports.seq > found.first
    address, receiver = ports.address[fresh], ports.receiver[fresh]
    servers, counts = np.unique(receiver, return_counts=True)
    servers = servers[counts >= _SERVER * len(receiver)]
    kept = np.isin(rights.address, address) & (rights.bits & SEND != 0) & ~np.isin(rights.task, servers)
    tasks, counts = np.unique(rights.task[kept], return_counts=True)
    if not len(tasks) or counts.sum() < max(_KEEPER * len(receiver), PORTS_LEAST):
        return []
    top = int(counts.argmax())
    keeper, most, whole = int(tasks[top]), int(counts[top]), int(counts.sum())
    others = f"; the rest belong to {words.count(len(tasks) - 1, 'other task')}" if len(tasks) > 1 else ""
    rights_ = words.count(whole, "send right")
    text = f"{words.task(keeper, stretch.names)} keeps these ports alive with {words.number(most)} of the {rights_} to them{others}."
    return [Finding("keepers", text, seq=found.at, task=keeper, numbers={"rights": whole, "of one": most, "tasks": len(tasks)})]


def _largest(found: Diagnosis) -> list[Finding]:
    if not found.zones:
        return []
    row, whole = found.zones[0], sum(zone.size for zone in found.zones)
    text = f"Largest zone: “{_name(row.zone)}” with {words.size(row.size)}, {words.share(row.size, whole)} of all zones."
    if found.pattern in PATTERNS and by_largest(row.zone) != found.pattern:
        text += " Its size is not the cause."
    return [Finding("largest", text, seq=found.at, zone=row.zone, numbers={"size": row.size, "zones": whole})]


def _holder(stretch: Stretch, found: Diagnosis) -> list[Finding]:
    if not found.holders:
        return []
    top, whole = found.holders[0], stretch.usage.total
    frames = [_name(frame) for frame in top.call_path[-2:]]
    where = f" in {', called by '.join(reversed(frames))}" if frames else ""
    text = (
        f"Largest call site: {words.size(top.bytes)} in {words.count(top.count, 'element')} of “{_name(top.zone)}”, "
        f"allocated by {words.task(top.task, stretch.names)}{where}."
    )
    numbers = {"bytes": top.bytes, "elements": top.count, "all": whole}
    holder = Finding("holder", text, seq=found.at, zone=top.zone, task=top.task, path=top.path, numbers=numbers)
    task, _, size = stretch.usage.by("task")[0]
    if size < _MUCH * whole:
        return [holder]
    when = f"while {words.task(task, stretch.names)} ran" if task else "during boot"
    text = f"{words.share(size, whole)} of the memory in use was allocated {when}."
    return [holder, Finding("most", text, seq=found.at, task=task, numbers={"bytes": size, "all": whole})]


def _since(stretch: Stretch, found: Diagnosis) -> list[Finding]:
    machine = stretch.samples.machine
    counted = _COUNTS.get(found.pattern, "")
    out: list[Finding] = []
    for name, values in ((found.filled, machine.get(f"{found.filled}_used")), (counted, machine.get(counted))):
        if values is None or not len(values):
            continue
        # A curve that stops growing just before the end, because memory is out, still counts as growing.
        top = int(values.argmax()) + 1
        since = stretch.since(values if values[-1] < _STILL * values[top - 1] else values[:top])
        if since is None:
            continue
        # A count that started earlier, for example while the system came up, is measured from where memory starts to grow.
        if out and out[0].seq - since > _EARLIER * (found.at - found.first):
            since = out[0].seq
        at = int(np.searchsorted(stretch.samples.seqs, since))
        low, high = int(values[at]), int(values[-1])
        figures = f"{words.size(low)} to {words.size(high)}" if name.endswith("_map") else f"{words.number(low)} to {words.number(high)}"
        what = name if name.endswith("_map") else f"The number of {name}"
        text = f"{what} has grown since {_when(stretch, max(since, 1))}, from {figures}."
        out.append(Finding("since", text, seq=since, range=(since, found.at), numbers={"event": since, "from": low, "to": high}))
    return out


def _kept(stretch: Stretch, found: Diagnosis) -> list[Finding]:
    allocs, kept = sum(row.allocs for row in found.zones), sum(row.kept for row in found.zones)
    if not allocs:
        return []
    text = f"Never freed: {words.share(kept, allocs)} of the {words.count(allocs, 'element')} allocated {stretch.began}"
    worst = max((row for row in found.zones if row.allocs >= 100), key=lambda row: row.kept * row.bytes, default=None)
    if worst is not None:
        text += f"; {words.share(worst.kept, worst.allocs)} of the {words.number(worst.allocs)} in “{_name(worst.zone)}”"
    zone = worst.zone if worst else ""
    numbers = {"allocs": allocs, "kept": kept}
    return [Finding("kept", f"{text}.", seq=found.at, range=(found.first + 1, found.at), zone=zone, numbers=numbers)]


def _threads(found: Diagnosis) -> list[Finding]:
    """New threads per message received, of the task that got most threads: a server with a new thread per request cannot keep up."""
    rows = [row for row in found.tasks if row.received >= _REQUESTS and row.made >= THREADS_LEAST]
    if not rows:
        return []
    row = max(rows, key=lambda row: row.made)
    text = (
        f"{words.task(row.task, {row.task: row.name})} created {words.number(row.made)} threads and received "
        f"{words.count(row.received, 'message')}: one thread per {row.received / row.made:,.1f} messages."
    )
    numbers = {"threads": row.made, "messages": row.received, "threads a message": round(row.made / row.received, 6)}
    return [Finding("threads", text, seq=found.at, range=(found.first + 1, found.at), task=row.task, numbers=numbers)]


def _fragments(found: Diagnosis) -> list[Finding]:
    lost = found.fragments
    if lost is None:
        return []
    back = "Collecting zones would return nothing."
    if lost.collectable:
        back = f"Collecting zones could return {words.size(lost.collectable)}, but Mach does not collect when zone_map is full."
    text = f"Free but not returned: {words.size(lost.free)} in free elements, {words.size(lost.partly)} in partly used pages. {back}"
    numbers: dict[str, int | float] = {
        "free": lost.free,
        "partly": lost.partly,
        "empty": lost.empty,
        "wasted": lost.wasted,
        "collectable": lost.collectable,
    }
    return [Finding("fragments", text, seq=found.at, numbers=numbers)]
