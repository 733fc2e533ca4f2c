"""exec in the exec server: a set-id program gets a new task that inherits nothing, and the user of its process."""

from typing import Any

from tests.hurd.sessions import finish, mine, rights, run, tasks
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.exec import execute
from zoneviz.hurd.memory import SMALL, image
from zoneviz.hurd.process import Process
from zoneviz.hurd.session import USER_ID
from zoneviz.mach import traps

FPSAVE = "i386 fpsave state"


def test_the_new_task_of_a_set_id_program_belongs_to_the_user_of_its_process() -> None:
    users: list[tuple[int, int]] = []

    def user(k: Any, thread: Any) -> int:
        return int(thread.task.uid)

    def after(p: Process) -> Steps:
        users.append((p.uid, (yield (user,))))
        yield (finish,)

    def body(p: Process) -> Steps:
        yield from execute(p, image("screen"), after, set_id=True)

    kernel = run(body)
    assert users == [(USER_ID, USER_ID)]
    (new,) = tasks(kernel, "screen")
    assert len(new.map.entries) == len(SMALL.places), "only what the exec server mapped"


def test_a_failed_exec_gives_the_program_file_back() -> None:
    seen: list[dict[str, int]] = []

    def body(p: Process) -> Steps:
        yield traps.sleep(100_000_000)
        seen.append((yield (mine,)))
        # Without its bootstrap server the request goes to a port that does not serve it.
        p.ports["auth"] = p.me + 4711
        assert (yield from execute(p, image("again"), body))
        seen.append((yield (mine,)))

    run(body)
    assert seen[0] == seen[1]


def test_every_program_that_was_execed_has_one_floating_point_state() -> None:
    in_use: list[int] = []

    def count(k: Any, thread: Any) -> int:
        return int(k.zones[FPSAVE].in_use)

    def again(p: Process) -> Steps:
        in_use.append((yield (count,)))
        if len(in_use) < 3:
            yield from execute(p, image("again"), again)
        yield (finish,)

    kernel = run(again)
    assert len(set(in_use)) == 1, "the state of the thread that exec terminated was freed"
    assert kernel.zones[FPSAVE].elem_size == 112
    assert rights(tasks(kernel, "program")[0])["receive"] > 7
