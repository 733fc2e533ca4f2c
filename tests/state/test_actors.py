"""Tasks and threads: states, pids, name tables, and the preempted thread."""

from tests.recording import toy
from zoneviz.events import Catalog, Event, Kind, Machine, TaskInfo, ThreadInfo
from zoneviz.state.actors import Tasks, Threads, task_states, thread_states
from zoneviz.state.rows import ByKind


def feed(table: Tasks | Threads, *events: tuple[int, ...]) -> None:
    """Events (kind, subject, address, size, extra), 10 ns apart."""
    out: list[Event] = [(kind, 10 * i, 0, 0, 0, *rest) for i, (kind, *rest) in enumerate(events, 1)]  # type: ignore[misc]
    rows = toy.as_rows(out)
    table.apply(rows, ByKind(rows))


def test_a_task_from_creation_to_destruction() -> None:
    catalog, tasks = Catalog(), Tasks()
    catalog.machine = Machine(table_entries=4)
    catalog.tasks.append(TaskInfo(2, "sh"))
    feed(tasks, (Kind.TASK_CREATE, 2, 0, 0, 1), (Kind.TASK_CREATE, 3, 0, 0, 2))
    assert [tuple(task) for task in task_states(tasks, catalog)] == [(2, "sh", 1, 1, "alive", 4, 0), (3, "", 2, 2, "alive", 4, 0)]
    feed(tasks, (Kind.TABLE_GROW, 2, 0, 16, 4), (Kind.PROCESS_START, 77, 0, 0, 2), (Kind.TASK_TERMINATE, 3, 0, 0, 0))
    assert [(task.table_entries, task.pid, task.state) for task in task_states(tasks, catalog)] == [(16, 77, "alive"), (4, 0, "halted")]
    feed(tasks, (Kind.PROCESS_EXIT, 77, 0, 0, 2), (Kind.TASK_DESTROY, 3, 0, 0, 0))
    assert [(task.id, task.pid) for task in task_states(tasks, catalog)] == [(2, 0)]


def test_a_thread_from_creation_to_destruction() -> None:
    catalog, threads = Catalog(), Threads()
    catalog.threads.append(ThreadInfo(1, 2, "main"))
    why = catalog.names.intern("waits for a message")
    feed(threads, (Kind.THREAD_CREATE, 1, 0, 0, 2), (Kind.THREAD_RUN, 1, 0, 12, 0), (Kind.THREAD_BLOCK, 1, 4096, 0, why))
    assert [tuple(t) for t in thread_states(threads, catalog)] == [
        (1, 2, "main", "blocked", "waits for a message", 30, 3, 12, 4096, 0),
    ]
    feed(threads, (Kind.THREAD_READY, 1, 0, 10, 0), (Kind.STACK_ALLOC, 1, 8192, 0, 0))
    (state,) = thread_states(threads, catalog)
    assert (state.state, state.why, state.priority, state.address, state.stack) == ("ready", "", 10, 0, 8192)
    feed(threads, (Kind.THREAD_TERMINATE, 1, 0, 0, 0), (Kind.STACK_FREE, 1, 8192, 0, 0))
    assert [(t.state, t.stack) for t in thread_states(threads, catalog)] == [("halted", 0)]
    feed(threads, (Kind.THREAD_DESTROY, 1, 0, 0, 2))
    assert thread_states(threads, catalog) == []


def test_a_thread_is_preempted_when_another_runs() -> None:
    threads = Threads()
    feed(threads, (Kind.THREAD_RUN, 1, 0, 12, 0), (Kind.THREAD_RUN, 2, 0, 12, 1))
    states = {t.id: (t.state, t.since) for t in thread_states(threads, Catalog())}
    assert states == {1: ("ready", 20), 2: ("running", 20)} and threads.running == 2


def test_a_stack_is_handed_off() -> None:
    threads = Threads()
    feed(threads, (Kind.THREAD_CREATE, 1, 0, 0, 2), (Kind.THREAD_CREATE, 2, 0, 0, 2), (Kind.STACK_ALLOC, 1, 8192, 0, 0))
    feed(threads, (Kind.STACK_HANDOFF, 2, 8192, 0, 1))
    assert [t.stack for t in thread_states(threads, Catalog())] == [0, 8192]
