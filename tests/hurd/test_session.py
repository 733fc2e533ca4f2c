"""Sessions: their forks and execs, and the ports that these leave in the space of the last program."""

import pytest

from tests.hurd.sessions import mine, run, tasks
from zoneviz.hurd import session, system
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.libports import Server
from zoneviz.hurd.process import Process
from zoneviz.hurd.session import LEFT_BY_SSHD
from zoneviz.mach import traps
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.profile import PROFILES

OWN = 7  # receive rights: message port, two reply ports, forward_sigexc; with MACH_IPC_COMPAT notify and a reply port a thread
STALE_OF_A_FORK, STALE_OF_AN_EXEC = 3, 3
LEFT_BY_LOGIN = 4  # forward_sigexc, two reply ports, the old message port
ALARM = 2  # the port of itimer and the reply port of its thread, copied by fork


def names(login: str, user: str = "user", profile: str = "antrik-2005") -> dict[str, int]:
    """The names of the program of a session, by kind of right."""
    seen: list[dict[str, int]] = []

    def body(p: Process) -> Steps:
        seen.append((yield (mine,)))

    run(body, profile, login=login, user=user)
    return seen[0]


def test_from_the_console_login_starts_in_a_new_task_and_leaves_all_it_holds() -> None:
    found = names("console")
    assert found["receive"] == OWN + LEFT_BY_LOGIN + STALE_OF_A_FORK + STALE_OF_AN_EXEC
    # The bootstrap ports of login and of the program; two threads each of login and of the shell's child before its exec.
    assert found["dead"] == 2 + 2 * 2


def test_over_ssh_each_fork_exec_and_alarm_leaves_its_rights() -> None:
    """8 forks and 8 execs; the rest is fitted."""
    assert names("ssh")["receive"] == OWN + 8 * STALE_OF_A_FORK + 8 * STALE_OF_AN_EXEC + ALARM + LEFT_BY_SSHD


def test_without_the_fit_the_order_is_console_screen_ssh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "LEFT_BY_SSHD", 0)
    assert names("console")["receive"] < names("screen")["receive"] < names("ssh")["receive"]


@pytest.mark.parametrize("login", ["console", "ssh"])
def test_root_has_the_rights_of_a_user(login: str) -> None:
    assert names(login, "root") == names(login, "user")


def test_screen_is_set_gid_so_only_root_keeps_the_ports_of_ssh() -> None:
    user, root, ssh = names("screen"), names("screen", "root"), names("ssh")
    assert user["receive"] < ssh["receive"] < root["receive"]


def test_the_ancestors_that_stay() -> None:
    def body(p: Process) -> Steps:
        yield from ()

    console = run(body)
    # A shell without ids was getty before, and the user's shell was login: a task keeps its first name.
    assert len(tasks(console, "getty")) == 5
    assert len(tasks(console, "login")) == 1
    assert not tasks(console, "sshd (connection)")
    ssh = run(body, login="ssh")
    for name in ("sshd", "sshd (connection)", "bash (ssh)", "program"):
        assert len(tasks(ssh, name)) == 1, name
    screen = run(body, login="screen")
    for name in ("screen", "SCREEN", "bash (screen)"):
        assert len(tasks(screen, name)) == 1, name


def test_a_running_system_has_the_tasks_of_its_servers() -> None:
    def body(p: Process) -> Steps:
        yield from ()

    kernel = run(body)
    for name in ("ext2fs", "exec", "proc", "auth", "pflocal", "pfinet", "password", "mach-defpager", "syslogd"):
        assert len(tasks(kernel, name)) == 1, name
    assert len(tasks(kernel, "term")) == 7
    assert 40 <= len(kernel.tasks) <= 50


def test_single_threaded_servers_create_no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, str] = {}
    start = system.start_translator

    def noted(starter: Process, path: str, server: Server) -> Steps:
        made[path] = type(server.policy).__name__
        return (yield from start(starter, path, server))

    def body(p: Process) -> Steps:
        yield from ()

    monkeypatch.setattr(system, "start_translator", noted)
    run(body, libports="throttle")
    assert {path for path, policy in made.items() if policy == "Pool"} == {"dev/fd", "dev/log"}
    assert made["servers/socket/1"] == "Throttle"


def test_a_session_whose_program_exits_finishes() -> None:
    kernel = Kernel(PROFILES["antrik-2005"], lambda event: None)
    kernel.boot()

    def body(p: Process) -> Steps:
        yield traps.compute(1000)

    session.run_program(kernel, "console", "user", "program", body)
    while kernel.run(10_000):
        pass
    assert kernel.ended is not None
    assert (kernel.ended.outcome, kernel.ended.why) == ("finished", "every thread waits for ever")
    assert kernel.messages  # replies to file_exec, on the reply ports that an exec leaves behind
