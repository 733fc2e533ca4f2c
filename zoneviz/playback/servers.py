"""Servers with their threads and queues, and tasks with their rights and memory, at one moment."""

from collections import Counter, defaultdict
from typing import NamedTuple

import numpy as np

from zoneviz.events import PORT_SET
from zoneviz.state.actors import TH_TASK, TaskState
from zoneviz.state.machine import MachineState
from zoneviz.state.rights import RightsCount

_NO_NAMES = RightsCount(0, 0, 0, 0, 0, 0)


class ServerState(NamedTuple):
    """A task that receives from port sets.

    threads: all; listening: blocked on one of its sets; blocked: the other blocked ones, by reason; ports: it can receive from;
    queued: messages in their queues.
    """

    task: int
    name: str
    pid: int
    threads: int
    listening: int
    blocked: dict[str, int]
    ports: int
    queued: int


class TaskHoldings(NamedTuple):
    """A task's names by kind of right (a name may have several), and the size of its name table in entries.

    bytes: of live elements that were allocated while it ran.
    """

    task: int
    name: str
    pid: int
    threads: int
    names: int
    receive: int
    send: int
    send_once: int
    port_sets: int
    dead_names: int
    table_entries: int
    bytes: int


def servers(state: MachineState) -> list[ServerState]:
    """The servers at a state's moment, most threads first."""
    rights, ports = state.rights, state.ports
    at = np.flatnonzero(rights.bits & PORT_SET)
    sets = set(zip(rights.task[at].tolist(), rights.address[at].tolist(), strict=True))
    tasks = {task for task, _ in sets}
    threads: dict[int, int] = defaultdict(int)
    listening: dict[int, int] = defaultdict(int)
    blocked: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for thread in state.thread_states():
        threads[thread.task] += 1
        if thread.state == "blocked" and (thread.task, thread.address) in sets:
            listening[thread.task] += 1
        elif thread.state == "blocked":
            blocked[thread.task][thread.why] += 1
    receivers, where, count = np.unique(ports.receiver, return_inverse=True, return_counts=True)
    waiting = np.zeros(len(receivers), np.int64)
    np.add.at(waiting, where, ports.queued)
    mailboxes = dict(zip(receivers.tolist(), zip(count.tolist(), waiting.tolist(), strict=True), strict=True))
    found = []
    for task in state.task_states():
        if task.id in tasks:
            i = task.id
            why = dict(sorted(blocked[i].items(), key=lambda item: (-item[1], item[0])))
            found.append(ServerState(i, task.name, task.pid, threads[i], listening[i], why, *mailboxes.get(i, (0, 0))))
    return sorted(found, key=lambda server: (-server.threads, server.task))


def tasks(state: MachineState) -> list[TaskHoldings]:
    """The live tasks at a state's moment, most names first."""
    counts, sizes = state.rights.by_task(), state.bytes_by_task()
    threads = Counter(state.threads.table[state.threads.live(), TH_TASK].tolist())
    found = [_holdings(task, counts.get(task.id, _NO_NAMES), threads[task.id], sizes.get(task.id, 0)) for task in state.task_states()]
    return sorted(found, key=lambda task: (-task.names, task.task))


def _holdings(task: TaskState, count: RightsCount, threads: int, size: int) -> TaskHoldings:
    names, receive, send, send_once, port_sets, dead = count
    return TaskHoldings(task.id, task.name, task.pid, threads, names, receive, send, send_once, port_sets, dead, task.table_entries, size)

