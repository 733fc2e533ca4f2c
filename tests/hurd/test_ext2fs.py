"""Opening and closing /dev/null: the ports on each side, the notifications of a close, restarts of the translator."""

from typing import Any

from tests.hurd.stage import Stage
from zoneviz.events import RECEIVE, SEND
from zoneviz.hurd import files
from zoneviz.hurd.cthreads import Steps
from zoneviz.mach import traps

SECOND = 1_000_000_000


def test_an_open_file_costs_two_ports_and_four_names() -> None:
    """null 2 names (receive, send), ext2fs 1, the client 1."""
    seen: list[Any] = []

    def act(stage: Stage) -> Steps:
        for _ in range(5):  # creates the workers that this needs
            yield from files.open_file(stage.root, files.NULL)
        yield traps.sleep(SECOND)
        for _ in range(2):
            ports = stage.kernel.machine()["counts"]["ports"]
            seen.append((ports, stage.rights("null"), stage.rights("ext2fs")))
            for _ in range(10):
                kr, port = yield from files.open_file(stage.root, files.NULL)
                assert kr == 0 and port
            yield traps.sleep(SECOND)

    stage = Stage(act)
    ports, in_null, in_fs = seen[0]
    assert stage.kernel.ended is not None and stage.kernel.ended.outcome == "finished"
    more, null_more, fs_more = seen[1]
    assert more - ports == 20
    assert null_more[RECEIVE] - in_null[RECEIVE] == 10 and null_more[SEND] - in_null[SEND] == 10
    assert fs_more[RECEIVE] - in_fs[RECEIVE] == 10


def test_closing_frees_everything_in_both_servers() -> None:
    seen: list[int] = []

    def act(stage: Stage) -> Steps:
        yield from files.open_file(stage.root, files.NULL)
        yield traps.sleep(SECOND)
        seen.append(stage.kernel.machine()["counts"]["ports"])
        ports = []
        for _ in range(20):
            ports.append((yield from files.open_file(stage.root, files.NULL))[1])
        for port in ports:
            yield from files.close_file(stage.me, port)
        yield traps.sleep(SECOND)
        seen.append(stage.kernel.machine()["counts"]["ports"])

    stage = Stage(act)
    grown = sum(server.totalthreads - 1 for server in (stage.fs, *stage.nulls))
    assert seen[1] - seen[0] <= 3 * grown  # workers stay, each with its thread port and its reply port
    assert sum(info.senders for info in stage.nulls[0].ports.values()) == 1
