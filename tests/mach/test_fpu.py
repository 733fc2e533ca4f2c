"""Floating point states: one for each thread that computes, freed with it."""

from tests.mach.bench import Bench, Steps
from zoneviz.events import Kind
from zoneviz.mach import program, traps

SECOND_STACK = 1


def test_the_first_instruction_allocates_a_state_that_ends_with_the_thread() -> None:
    bench = Bench()
    zone = bench.kernel.zones["i386 fpsave state"]

    def computes() -> Steps:
        yield traps.fldcw()
        yield traps.fldcw()
        me = yield traps.thread_self()
        yield traps.mig_get_reply_port()
        yield traps.thread_terminate(me)

    def starts() -> Steps:
        _, thread = yield from program.mkthread(bench.me, computes(), SECOND_STACK)
        yield traps.thread_resume(thread)

    before = zone.in_use
    bench.events.clear()
    bench.run(starts())
    bench.let_run()
    taken = [event for event in bench.events if event[0] == Kind.ZALLOC and event[5] == zone.id]
    assert len(taken) == 1
    assert bench.kernel.catalog.paths.frames(taken[0][4])[-3:] == ["user_trap", "fpnoextflt", "fp_load"]
    assert zone.in_use == before
