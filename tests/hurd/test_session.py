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

STALE_OF_A_FORK, STALE_OF_AN_EXEC = 3, 3


def names(login: str, user: str = "user", profile: str = "antrik-2005") -> dict[str, int]:
    """The names of the program of a session, by kind of right."""
    seen: list[dict[str, int]] = []

    def body(p: Process) -> Steps:
        seen.append((yield (mine,)))

    run(body, profile, login=login, user=user)
    return seen[0]


def test_forks_and_execs_of_each_session() -> None:
    """console: 2 forks and 4 execs; ssh: 9 and 7. Each leaves three receive rights, with MACH_IPC_COMPAT; the rest is fitted."""
    console, ssh = names("console"), names("ssh")
    assert ssh["receive"] - console["receive"] == (9 - 2) * STALE_OF_A_FORK + (7 - 4) * STALE_OF_AN_EXEC + LEFT_BY_SSHD
    assert ssh["dead"] - console["dead"] == (7 - 4) * 2


def test_without_the_fit_the_stale_ports_equal_a_manual_count(monkeypatch: pytest.MonkeyPatch) -> None:
    # Its own: message port, two reply ports, forward_sigexc; with MACH_IPC_COMPAT notify and a reply port for each thread.
    monkeypatch.setattr(session, "LEFT_BY_SSHD", 0)
    assert 18 <= names("console")["receive"] - 7 <= 20
    assert 48 <= names("ssh")["receive"] - 7 <= 50


@pytest.mark.parametrize("login", ["console", "ssh"])
def test_root_has_the_rights_of_a_user(login: str) -> None:
    assert names(login, "root") == names(login, "user")


def test_screen_is_set_id_so_only_root_keeps_the_ports_of_ssh() -> None:
    user, root, ssh = names("screen"), names("screen", "root"), names("ssh")
    assert user["receive"] < ssh["receive"] < root["receive"]


def test_the_ancestors_that_stay() -> None:
    def body(p: Process) -> Steps:
        yield from ()

    console = run(body)
    # The shell was getty and login before: a task keeps its first name.
    assert len(tasks(console, "getty")) == 6
    assert not tasks(console, "sshd (monitor)")
    ssh = run(body, login="ssh")
    for name in ("sshd", "sshd (monitor)", "sshd (session)", "bash (ssh)", "program"):
        assert len(tasks(ssh, name)) == 1, name
    assert not tasks(ssh, "sshd (unprivileged)")
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
