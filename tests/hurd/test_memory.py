"""The memory of a small program: six map entries without an object, three page tables."""

from tests.hurd.sessions import run, tasks
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.fork import fork
from zoneviz.hurd.process import Process, wait_for_ever
from zoneviz.mach import traps


def test_red_zones_page_zero_brk_and_arguments_have_no_object() -> None:
    def body(p: Process) -> Steps:
        yield from fork(p, wait_for_ever, "child")
        yield traps.sleep(100_000_000)

    (child,) = tasks(run(body), "child")
    without = [entry for entry in child.map.entries if entry.object is None]
    assert len(without) == 6
    assert sum(not entry.protection for entry in without) == 4
    assert len(child.map.pmap.tables) == 3
