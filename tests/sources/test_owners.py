"""Processes over time: programs, pids that are used again, threads, kernel threads and interrupts."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from zoneviz.events import Catalog
from zoneviz.sources.owners import CLONE_THREAD, HARDIRQ, IDLE, NMI, SOFTIRQ, Change, Tasks, What, callers


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """A machine with a shell that has a second thread, and a kernel thread."""
    for pid, name, leader, parent in ((2, "kthreadd", 2, 0), (7, "sh", 7, 1), (8, "worker", 7, 1), (23, "kworker/0:1", 23, 2)):
        (tmp_path / str(leader) / "task" / str(pid)).mkdir(parents=True)
        (tmp_path / str(pid)).mkdir(exist_ok=True)
        (tmp_path / str(pid) / "status").write_text(f"Name:\t{name}\nTgid:\t{leader}\nPid:\t{pid}\nPPid:\t{parent}\n")
    return tmp_path


def names(catalog: Catalog, tasks: Tasks, *steps: int | Change) -> list[str]:
    """The names of those who allocate, at the end, by pid, with changes in between."""
    pids = [(place, step) for place, step in enumerate(steps) if isinstance(step, int)]
    changes = [(place, step) for place, step in enumerate(steps) if not isinstance(step, int)]
    ids: Sequence[int] = tasks.ids(np.array([pid for _, pid in pids]), np.array([place for place, _ in pids]), changes).tolist()
    return [catalog.task_names[task] for task in ids]


def test_threads_belong_to_their_process_and_kernel_threads_are_named_so(proc: Path) -> None:
    catalog = Catalog()
    assert names(catalog, Tasks(catalog, proc), 8, 7, 23, 2) == [
        "sh (7)", "sh (7)", "kworker/0:1 (kernel thread 23)", "kthreadd (kernel thread 2)",
    ]  # fmt: skip
    assert len(catalog.tasks) == 3


def test_a_program_that_the_kernel_has_started_is_not_a_kernel_thread(proc: Path) -> None:
    for pid, kernel in ((30, 0), (31, 1)):
        (proc / str(pid)).mkdir()
        (proc / str(pid) / "status").write_text(f"Name:\tp{pid}\nTgid:\t{pid}\nPPid:\t2\nKthread:\t{kernel}\n")
    catalog = Catalog()
    assert names(catalog, Tasks(catalog, proc), 30, 31) == ["p30 (30)", "p31 (kernel thread 31)"]


def test_interrupts_and_the_idle_loop_are_separate_tasks() -> None:
    catalog = Catalog()
    found = names(catalog, Tasks(catalog, Path("/nonexistent")), IDLE, SOFTIRQ, HARDIRQ, NMI, 900_000)
    assert found == ["idle", "interrupts (softirq)", "interrupts (hardirq)", "interrupts (NMI)", "pid 900000"]
    assert callers(np.array([5, 5, 5, 5, 0]), np.array([1, 0x10, 0x18, 0x58, 0x04])).tolist() == [5, SOFTIRQ, HARDIRQ, NMI, 0]


def test_what_was_allocated_before_an_exec_keeps_its_owner(proc: Path) -> None:
    catalog = Catalog()
    fork = Change(What.NEW, 40, "sh", parent=7)
    rename, executed = Change(What.NAME, 40, "a-long-command-"), Change(What.EXEC, 40, "a-long-command-name")
    found = names(catalog, Tasks(catalog, proc), 7, fork, 40, rename, 40, executed, 40)
    assert found == ["sh (7)", "sh (40)", "a-long-command-name (40)", "a-long-command-name (40)"]


def test_a_pid_that_is_used_again_is_another_task(proc: Path) -> None:
    catalog = Catalog()
    tasks = Tasks(catalog, proc)
    first = Change(What.NEW, 40, "sh", parent=7)
    assert names(catalog, tasks, first, 40, Change(What.EXIT, 40), 40, Change(What.NEW, 40, "make", parent=7), 40) == [
        "sh (40)", "sh (40)", "make (40)",
    ]  # fmt: skip
    assert names(catalog, tasks, 40) == ["make (40)"]
    names(catalog, tasks, Change(What.EXIT, 40), 7)
    assert names(catalog, tasks, 40) == ["pid 40"], "its new process began while events were lost"


def test_a_process_that_was_gone_when_it_was_looked_for_is_named_at_its_exit(proc: Path) -> None:
    catalog = Catalog()
    assert names(catalog, Tasks(catalog, proc), 60, Change(What.EXIT, 60, "find"), 60) == ["find (60)", "find (60)"]


def test_new_threads_and_the_children_of_kernel_threads(proc: Path) -> None:
    catalog = Catalog()
    thread = Change(What.NEW, 41, "sh", parent=8, flags=CLONE_THREAD)
    named = Change(What.NAME, 41, "pool-1")
    kernel, kworker = Change(What.NEW, 42, "kthreadd", parent=2), Change(What.NAME, 42, "kworker/1:0")
    helper, program = Change(What.NEW, 43, "kworker/0:1", parent=23), Change(What.EXEC, 43, "modprobe")
    found = names(catalog, Tasks(catalog, proc), thread, named, 41, kernel, kworker, 42, helper, 43, program, 43)
    assert found == ["sh (7)", "kworker/1:0 (kernel thread 42)", "kworker/0:1 (kernel thread 43)", "modprobe (43)"]


def test_a_process_that_names_itself_takes_its_threads_along(proc: Path) -> None:
    catalog = Catalog()
    tasks = Tasks(catalog, proc)
    assert names(catalog, tasks, 8) == ["sh (7)"]
    assert names(catalog, tasks, Change(What.NAME, 7, "server"), 7) == ["server (7)"]
    assert names(catalog, tasks, 8) == ["server (7)"]


def test_without_the_event_of_a_new_task_a_fork_asks_proc(proc: Path) -> None:
    catalog = Catalog()
    tasks = Tasks(catalog, proc)
    assert names(catalog, tasks, Change(What.FORK, 50, "sh", parent=7), 50, Change(What.FORK, 8, "sh", parent=7), 8) == [
        "sh (50)", "sh (7)",
    ]  # fmt: skip


def test_many_processes_that_change_among_many_events(proc: Path) -> None:
    catalog, rng = Catalog(), np.random.default_rng(1)
    current: dict[int, str] = {}
    steps: list[int | Change] = []
    expected: list[str] = []
    for number in range(2000):
        pid = int(rng.integers(100, 120))
        if pid not in current or rng.random() < 0.1:
            current[pid] = f"p{number}"
            steps.append(Change(What.NEW, pid, current[pid], parent=7))
        else:
            steps.append(pid)
            expected.append(f"{current[pid]} ({pid})")
    assert names(catalog, Tasks(catalog, proc), *steps) == expected
