"""The findings of a diagnosis in plain words, each with what it rests on."""

import numpy as np

from zoneviz import words
from zoneviz.events import SEND
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

_SERVER = 0.1
"""A task that receives from this share of the ports serves them: its rights to send are part of the service."""
_MUCH = 0.1
"""Of less of the bytes it says nothing who took most."""
_KEPT = 0.25
"""Of so many of the ports somebody else must hold a right, to be told as who keeps them."""
_REQUESTS = 100
"""Of fewer messages it says nothing how many threads were made."""
_STILL = 0.95
"""A curve that ends at this share of its height has not come down again."""
_EARLIER = 0.05
"""A count that begins to grow by more than this share of the stretch before the memory does began with something else."""
_COUNTS = {FORK_BOMB: "tasks", RECURSIVE: "tasks", EXPLOSION: "threads", LEAK: "ports", BACKLOG: "messages"}
"""What of the machine is counted for a pattern: a figure of `figures.MACHINE_FIGURES`."""

_TOOK = {
    "processes": "Processes, with their maps and ports,",
    "threads": "Threads, with their stacks and ports,",
    "ports": "Ports",
    "messages": "Messages",
    "address spaces": "Address spaces",
    "other": "Other things",
}


def findings(stretch: Stretch, found: Diagnosis) -> list[Finding]:
    """All there is to say: what filled it and since when, then the figures behind that."""
    ended, answer = _ended(stretch, found), [_pattern(stretch, found), *_since(stretch, found)]
    told = [ended, *answer] if found.ended is None else [*answer, ended]
    told += [
        *_others(found),
        *_asked(stretch, found),
        *_keepers(stretch, found),
        *_largest(found),
        *_holder(stretch, found),
        *_kept(found),
        *_threads(found),
        *_fragments(found),
    ]
    return told


def _when(stretch: Stretch, seq: int) -> str:
    rows = stretch.recording.events(seq, seq)
    return words.moment(seq, int(rows[0, 2]) if len(rows) else 0, stretch.recording.header.time_kind)


def _ended(stretch: Stretch, found: Diagnosis) -> Finding:
    when = words.moment(found.at, found.time, found.time_kind)
    memory = found.ended
    if memory is not None:
        text = f"What ran out, at {when}: {memory.meaning} ({words.size(memory.size)})."
        return Finding("memory", text, seq=found.at, zone=memory.zone, numbers={"size": memory.size, "free": memory.free})
    fullest = max(found.memories, key=lambda m: m.full, default=None)
    how = {
        "finished": "the run came to its end",
        "booted": "the machine booted",
        "error": "a call returned an error",
        "hang": "nothing could run any more",
        "interrupted": "the run was stopped from outside",
        "excerpt": "the excerpt stops before the end of the run",
    }.get(found.outcome, "the run goes on" if found.at < stretch.recording.event_count else "the recording stops")
    text = f"No memory had run out at {when}: {how}."
    if fullest is not None:
        gone = words.share(round(fullest.full * fullest.room), fullest.room)
        text += f" Fullest was {fullest.short}: {gone} of what boot left free was used."
    return Finding("memory", text, seq=found.at, numbers={"full": round(fullest.full, 4)} if fullest else {})


def _others(found: Diagnosis) -> list[Finding]:
    others = [m for m in found.memories if not m.ended and m.room > 0]
    # Of the hard caps only those that are well on their way: there are a dozen.
    named = [m for m in others if not m.zone or m.full >= 0.25]
    if not named or found.ended is None:
        return []
    text = ", ".join(f"{m.short} {words.share(round(m.full * m.room), m.room)}" for m in named)
    numbers = {m.name: round(m.full, 4) for m in named}
    return [Finding("others", f"What did not run out, and how much of what boot left free was used: {text}.", numbers=numbers)]


def _asked(stretch: Stretch, found: Diagnosis) -> list[Finding]:
    panic = stretch.after.panic
    zone = asked_last(stretch.after, stretch.counts)
    if panic is None:
        return []
    who = words.task(panic.task, stretch.names)
    where = f", in {_name(_routine(panic.call_path))}" if panic.call_path else ""
    held = next((row.size for row in found.zones if row.zone == zone), 0)
    what = f", for the zone “{_name(zone)}”, which held {words.size(held)}" if zone else ""
    path = int(stretch.recording.events(panic.seq, panic.seq)[0, 5])
    numbers = {"held": held} if zone else {}
    return [Finding("asked", f"Who asked last: {who}{where}{what}.", seq=panic.seq, zone=zone, task=panic.task, path=path, numbers=numbers)]


def _routine(frames: list[str]) -> str:
    """The innermost frame that says what was done, not how memory was asked for."""
    how = ("panic", "zalloc", "kalloc", "kmem_alloc", "kmem_alloc_wired", "ipc_object_alloc", "ipc_object_alloc_name", "ipc_table_alloc")
    return next((frame for frame in reversed(frames) if frame not in how), frames[-1] if frames else "")


def _pattern(stretch: Stretch, found: Diagnosis) -> Finding:
    """The one sentence that may say "cause", and then only with the figures it rests on."""
    whole = sum(found.parts.values())
    numbers: dict[str, int | float] = {f"share of {part}": round(size / whole, 4) if whole > 0 else 0 for part, size in found.parts.items()}
    numbers["taken"] = whole
    span = (found.first + 1, found.at)
    if found.pattern == NONE:
        return Finding("pattern", "Nothing points to a memory filling up.", "open", found.at, span, numbers=numbers)
    part = stretch.verdict.part or max(found.parts, key=lambda name: found.parts[name])
    said = words.share(found.parts[part], whole)
    if found.pattern == OTHER:
        text = f"No known pattern: of the {words.size(whole)} taken {stretch.began} and still in use, most went to {part}, {said}."
        return Finding("pattern", text, "open", found.at, span, numbers=numbers)
    named = found.pattern if found.pattern == RECURSIVE else f"a {found.pattern}"
    if found.ended is None:
        lead = f"What fills {found.filled} is {'' if found.confidence == CAUSE else 'likely '}{named}"
    else:
        lead = f"The cause is {named}" if found.confidence == CAUSE else f"The cause is likely {named}"
    text, more = _evidence(stretch, found)
    capped = f" from “{_name(stretch.filled.zone)}”" if stretch.filled is not None and stretch.filled.zone else ""
    rest = f"{said} of the {words.size(whole)} taken{capped} since then and still in use"
    text = f"{lead}: {text}. {_TOOK[part]} are {rest}.{_load(stretch, found, part)}"
    return Finding("pattern", text, found.confidence, found.at, span, task=found.task, numbers=numbers | more)


def _load(stretch: Stretch, found: Diagnosis, part: str) -> str:
    """Where something else holds more: that it stood still while this part took the last of the memory."""
    most = max(found.parts, key=lambda name: found.parts[name])
    last = stretch.verdict.last
    straw = max(last, key=lambda name: last[name])
    if most == part:
        alone = found.confidence != CAUSE and straw != part
        return f" “Likely”, because {straw} took {words.share(last[straw], sum(last.values()))} of the last 5 % of it." if alone else ""
    whole, young = sum(found.parts.values()), sum(found.late.values())
    return (
        f" Of the last quarter of it, since event {stretch.late_since:,}, {part} took {words.share(found.late[part], young)}. "
        f"{most.capitalize()} hold more, {words.share(found.parts[most], whole)}, "
        f"but took {words.share(found.late[most], young)} of that quarter."
    )


def _evidence(stretch: Stretch, found: Diagnosis) -> tuple[str, dict[str, int | float]]:
    """Whose they are and how many, as the end of a sentence; the figures in it."""
    grown, names = stretch.grown, stretch.names
    new, before = len(grown.new_tasks), len(stretch.before.tasks.live())
    since = stretch.began
    tasks = f"{words.count(new, 'task')} {'was' if new == 1 else 'were'} added to the {before} there were" if new else "No task was added"
    who = words.task(found.task, names)
    numbers: dict[str, int | float] = {"new tasks": new, "tasks before": before}
    if found.pattern in (FORK_BOMB, RECURSIVE):
        most, young = max(grown.parents.values()), sum(grown.parents.values())
        numbers |= {"parents": len(grown.parents), "children of one": most}
        alive = f"Of the processes made {since} {new:,} are alive"
        if found.pattern == FORK_BOMB:
            return f"{who} is the parent of {most:,} of the newest {young:,} processes. {alive}", numbers
        parents = f"the newest {young:,} processes have {len(grown.parents):,} different parents, none of more than {most:,} of them"
        return f"{parents}. {alive}", numbers
    if found.pattern == BACKLOG:
        queued = int(stretch.after.ports.queued.sum())
        numbers |= {"messages": grown.messages, "queued": queued}
        # An imported stream tells of their memory only, and one of a call that goes on is in it.
        wait = f", and {queued:,} wait in queues" if queued else ""
        return f"{words.count(grown.messages, 'message')} sent {since} were not freed{wait}. {tasks}", numbers
    by_task, what, of = grown.threads, "thread", f"{who} has"
    if found.pattern == LEAK:
        received = sum(grown.ports.values()) >= PORTS_LEAST
        by_task, what, of = (grown.ports, "port", f"{who} receives from") if received else (grown.names, "name", of)
    whole, own = sum(by_task.values()), by_task[found.task]
    numbers |= {f"{what}s": whole, f"{what}s of one": own}
    share = f"all {whole:,}" if own == whole else f"{own:,} of the {whole:,}"
    namesakes = [task for task in by_task if names.get(task) and names.get(task) == names.get(found.task)]
    together = sum(by_task[task] for task in namesakes)
    more = f". The {len(namesakes):,} tasks of this name have {together:,} together" if len(namesakes) > 1 else ""
    return f"{of} {share} {what}s added {since}{more}. {tasks}", numbers


def _keepers(stretch: Stretch, found: Diagnosis) -> list[Finding]:
    """Whose rights keep the leaked ports alive: not the servers that receive from them, but who could give the rights back."""
    if found.pattern != LEAK:
        return []
    ports, rights = stretch.after.ports, stretch.after.rights
    fresh = ports.seq > found.first
    address, receiver = ports.address[fresh], ports.receiver[fresh]
    servers, counts = np.unique(receiver, return_counts=True)
    servers = servers[counts >= _SERVER * len(receiver)]
    kept = np.isin(rights.address, address) & (rights.bits & SEND != 0) & ~np.isin(rights.task, servers)
    tasks, counts = np.unique(rights.task[kept], return_counts=True)
    if not len(tasks) or counts.sum() < max(_KEPT * len(receiver), PORTS_LEAST):
        return []
    top = int(counts.argmax())
    who, most, whole = int(tasks[top]), int(counts[top]), int(counts.sum())
    others = f", {words.count(len(tasks) - 1, 'other task')} the rest" if len(tasks) > 1 else ""
    rights_ = words.count(whole, "right")
    text = f"Who keeps them: {words.task(who, stretch.names)} has {most:,} of the {rights_} to send to these ports{others}."
    return [Finding("keepers", text, seq=found.at, task=who, numbers={"rights": whole, "of one": most, "tasks": len(tasks)})]


def _largest(found: Diagnosis) -> list[Finding]:
    if not found.zones:
        return []
    row, whole = found.zones[0], sum(zone.size for zone in found.zones)
    text = f"The largest zone is “{_name(row.zone)}”: {words.size(row.size)}, {words.share(row.size, whole)} of what all zones hold."
    if found.pattern in PATTERNS and by_largest(row.zone) != found.pattern:
        text += " Its size is not the cause."
    return [Finding("largest", text, seq=found.at, zone=row.zone, numbers={"size": row.size, "zones": whole})]


def _holder(stretch: Stretch, found: Diagnosis) -> list[Finding]:
    if not found.holders:
        return []
    top, whole = found.holders[0], stretch.usage.total
    frames = [_name(frame) for frame in top.call_path[-2:]]
    where = f", in {', called by '.join(reversed(frames))}" if frames else ""
    text = (
        f"Most from one place: {words.size(top.bytes)} in {words.count(top.count, 'element')} of “{_name(top.zone)}”, "
        f"taken by {words.task(top.task, stretch.names)}{where}."
    )
    numbers = {"bytes": top.bytes, "elements": top.count, "all": whole}
    holder = Finding("holder", text, seq=found.at, zone=top.zone, task=top.task, path=top.path, numbers=numbers)
    task, _, size = stretch.usage.by("task")[0]
    if size < _MUCH * whole:
        return [holder]
    text = f"Who took most: {words.task(task, stretch.names)} ran when {words.share(size, whole)} of all bytes in use were taken."
    return [holder, Finding("most", text, seq=found.at, task=task, numbers={"bytes": size, "all": whole})]


def _since(stretch: Stretch, found: Diagnosis) -> list[Finding]:
    machine = stretch.samples.machine
    counted = _COUNTS.get(found.pattern, "")
    out: list[Finding] = []
    for name, values in ((found.filled, machine.get(f"{found.filled}_used")), (counted, machine.get(counted))):
        if values is None or not len(values):
            continue
        # What stopped growing right before the end, for want of memory, has grown up to there all the same.
        top = int(values.argmax()) + 1
        since = stretch.since(values if values[-1] < _STILL * values[top - 1] else values[:top])
        if since is None:
            continue
        # A count that rose earlier, as while the system came up, and the memory with it: what matters is how far it rose with the memory.
        if out and out[0].seq - since > _EARLIER * (found.at - found.first):
            since = out[0].seq
        at = int(np.searchsorted(stretch.samples.seqs, since))
        low, high = int(values[at]), int(values[-1])
        figures = f"{words.size(low)} to {words.size(high)}" if name.endswith("_map") else f"{low:,} to {high:,}"
        what = name if name.endswith("_map") else f"The number of {name}"
        text = f"{what} has grown since {_when(stretch, max(since, 1))}, from {figures}."
        out.append(Finding("since", text, seq=since, range=(since, found.at), numbers={"event": since, "from": low, "to": high}))
    return out


def _kept(found: Diagnosis) -> list[Finding]:
    allocs, kept = sum(row.allocs for row in found.zones), sum(row.kept for row in found.zones)
    if not allocs:
        return []
    text = f"Never freed: {words.share(kept, allocs)} of the {words.count(allocs, 'element')} taken since event {found.first:,}"
    worst = max((row for row in found.zones if row.allocs >= 100), key=lambda row: row.kept * row.bytes, default=None)
    if worst is not None:
        text += f"; of the {worst.allocs:,} of “{_name(worst.zone)}”, {words.share(worst.kept, worst.allocs)}"
    zone = worst.zone if worst else ""
    numbers = {"allocs": allocs, "kept": kept}
    return [Finding("kept", f"{text}.", seq=found.at, range=(found.first + 1, found.at), zone=zone, numbers=numbers)]


def _threads(found: Diagnosis) -> list[Finding]:
    """Threads made for each message received, of the task that made most: a server that makes one a request cannot keep up."""
    rows = [row for row in found.tasks if row.received >= _REQUESTS and row.made >= THREADS_LEAST]
    if not rows:
        return []
    row = max(rows, key=lambda row: row.made)
    text = f"New threads: {words.task(row.task, {row.task: row.name})} made {row.made:,} while it received "
    text += f"{words.count(row.received, 'message')}, one for every {row.received / row.made:,.1f}."
    numbers = {"threads": row.made, "messages": row.received, "threads a message": round(row.made / row.received, 6)}
    return [Finding("threads", text, seq=found.at, range=(found.first + 1, found.at), task=row.task, numbers=numbers)]


def _fragments(found: Diagnosis) -> list[Finding]:
    lost = found.fragments
    if lost is None:
        return []
    back = "Collecting zones would give back nothing."
    if lost.collectable:
        back = f"Collecting zones could give back {words.size(lost.collectable)}, but Mach does not do it when zone_map is full."
    text = f"Held but not used: {words.size(lost.free)} in free elements, {words.size(lost.partly)} in pages that are partly used. {back}"
    numbers: dict[str, int | float] = {
        "free": lost.free,
        "partly": lost.partly,
        "empty": lost.empty,
        "wasted": lost.wasted,
        "collectable": lost.collectable,
    }
    return [Finding("fragments", text, seq=found.at, numbers=numbers)]


def _name(text: str) -> str:
    """A name from the recording, fit for a sentence."""
    return words.one_line(text, NAME_LENGTH)
