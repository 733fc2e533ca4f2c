"""The kernel as a whole: ends of runs, the same events for the same seed, the counts of machine()."""

import ast
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from tests.mach.bench import Bench, Steps, boot
from zoneviz.events import Catalog, Kind
from zoneviz.mach import program, syscall_subr, traps
from zoneviz.mach.mach_port import RIGHT_PORT_SET
from zoneviz.mach.message import MAKE_SEND

ROOT = Path(__file__).parents[2]

# Prints a digest of all events of a run and of the catalog.
SCRIPT = """
import hashlib, random, sys
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.profile import PROFILES, override
from zoneviz.scenarios import Run, find
name, profile, seed, *settings = sys.argv[1:]
events = []
machine = override(PROFILES[profile], "zone_map_size", "1M")
kernel = Kernel(machine, events.append, seed=int(seed))
kernel.boot()
scenario = find(name)
params = scenario.parse(dict(s.split("=", 1) for s in settings))
scenario.start(Run(kernel, params, random.Random(int(seed))))
while kernel.run(1000) and len(events) < 200_000:
    pass
catalog = kernel.catalog
text = repr((events, catalog.zones, catalog.maps, catalog.tasks, catalog.threads, catalog.names.strings, catalog.paths.rows))
print(len(events), hashlib.sha256(text.encode()).hexdigest(), kernel.time, repr(kernel.machine()))
"""

RUNS = [
    ("boot", "debian-2007"),
    ("kernel-ops", "upstream-2005"),
    ("kernel-loop", "upstream-2007", "operation=fork_like"),
    ("kernel-loop", "upstream-2005", "operation=dead_name_storm", "count=100"),
    ("fork-bomb", "antrik-2005"),
]


@cache
def digest_of(run: tuple[str, ...], seed: int, hash_seed: str) -> str:
    command = [sys.executable, "-c", SCRIPT, run[0], run[1], str(seed), *run[2:]]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=300).stdout


@pytest.mark.parametrize("run", RUNS, ids=" ".join)
def test_the_same_seed_gives_the_same_events_under_every_hash_seed(run: tuple[str, ...]) -> None:
    first = digest_of(run, 1, "0")
    assert int(first.split()[0]) > 200
    assert digest_of(run, 1, "4242") == first


def test_another_seed_gives_another_fork_bomb() -> None:
    assert digest_of(RUNS[-1], 1, "0") != digest_of(RUNS[-1], 2, "0")


def test_a_run_ends_when_every_thread_waits_for_ever() -> None:
    bench = Bench()
    kr, port = bench.call(traps.port_allocate(bench.me))
    assert kr == 0
    assert bench.call(traps.receive(port)) is None
    assert bench.kernel.ended is not None
    assert (bench.kernel.ended.outcome, bench.kernel.ended.why) == ("finished", "every thread waits for ever")


@pytest.mark.parametrize("served", [False, True])
def test_a_run_hangs_if_no_server_takes_its_requests(served: bool) -> None:
    bench = Bench()
    kr, port = bench.call(traps.port_allocate(bench.me))
    _, other = bench.call(traps.port_allocate(bench.me))
    assert bench.call(traps.port_insert_right(bench.me, other, other, MAKE_SEND)) == 0
    assert bench.call(traps.send(other, 1, 24)) == kr == 0
    if served:
        _, bucket = bench.call(traps.port_allocate(bench.me, RIGHT_PORT_SET))
        assert bench.call(traps.port_move_member(bench.me, other, bucket)) == 0
    assert bench.call(traps.receive(port)) is None
    ended = bench.kernel.ended
    assert ended is not None
    words = "every thread waits for ever"
    hang = ("hang", f"{words}; requests that no server takes: 1")
    assert (ended.outcome, ended.why) == (hang if served else ("finished", words))
    assert (bench.events[-1][0] == Kind.HANG) is served


def test_the_first_end_counts() -> None:
    bench = Bench()
    bench.kernel.end("interrupted")
    bench.kernel.end("error", 5)
    assert bench.kernel.ended is not None
    assert (bench.kernel.ended.outcome, bench.kernel.ended.kern_return) == ("interrupted", 0)
    assert not bench.kernel.run(1)


def test_slices_of_any_length_give_the_same_events() -> None:
    def work(bench: Bench) -> Steps:
        kr, port = yield traps.port_allocate(bench.me)
        yield traps.port_insert_right(bench.me, port, port, MAKE_SEND)
        for number in range(20):
            kr, _ = yield traps.task_create(bench.me, True)
            yield traps.send(port, number, 100 * number, timeout=0)
            yield traps.compute(number * 1_000_000)
        return kr

    streams = []
    for length in (1, 7, 1000):
        bench = Bench()
        bench.todo = work(bench)
        while not bench.done:
            bench.kernel.run(length)
        # After the last operation the number of idle traps differs: cut there.
        streams.append(bench.events[:2000])
    shortest = min(len(stream) for stream in streams)
    assert shortest > 500
    assert streams[0][:shortest] == streams[1][:shortest] == streams[2][:shortest]


def test_events_are_nine_integers_in_order_of_time() -> None:
    bench = Bench()
    bench.call(traps.task_create(bench.me, True))
    bench.let_run(2500)
    assert all(type(value) is int for event in bench.events for value in event)
    assert all(len(event) == 9 and min(event) >= -(2**63) and max(event) < 2**63 for event in bench.events)
    times = [event[1] for event in bench.events]
    assert times == sorted(times)
    assert {event[0] for event in bench.events} <= set(Kind)


def test_every_event_refers_to_entries_of_the_catalog() -> None:
    bench = Bench()
    bench.call(traps.task_create(bench.me, True))
    catalog: Catalog = bench.kernel.catalog
    for event in bench.events:
        kind, _, task, thread, path, subject = event[:6]
        assert 0 <= task <= len(catalog.tasks)
        assert 0 <= thread <= len(catalog.threads)
        assert 0 <= path < len(catalog.paths.rows)
        if kind in (Kind.ZINIT, Kind.ZALLOC, Kind.ZFREE, Kind.ZCRAM):
            assert 1 <= subject <= len(catalog.zones)
        if kind in (Kind.KMEM_ALLOC, Kind.KMEM_FREE, Kind.KMEM_SUBALLOC):
            assert 1 <= subject <= len(catalog.maps)


def test_call_paths_begin_with_the_caller() -> None:
    bench = Bench()
    since = len(bench.events)
    bench.call(traps.task_create(bench.me, False))
    paths = bench.kernel.catalog.paths
    (space,) = [
        e for e in bench.kinds(Kind.ZALLOC, since=since) if bench.kernel.catalog.zones[e[5] - 1].name == "ipc spaces"
    ]
    frames = paths.frames(space[4])
    wanted = ["mach_msg_trap", "ipc_kobject_server", "_Xtask_create", "task_create", "ipc_task_init", "ipc_space_create"]
    assert [frame for frame in frames if frame in wanted] == wanted
    # Between two traps no thread is in the kernel.
    assert bench.kernel.path is bench.kernel.root


def test_the_counts_of_the_machine_add_up() -> None:
    bench = Bench()
    for index in range(30):
        bench.call(traps.task_create(bench.me, bool(index % 2)))
        machine = bench.kernel.machine()
        for name in ("zone_map", "kernel_map", "kalloc_map"):
            assert machine[name]["size"] == machine[name]["used"] + machine[name]["free"]
        for zone in machine["zones"]:
            assert (zone["in_use"] + zone["free"]) * zone["elem_size"] == zone["cur_size"]
        assert machine["counts"]["tasks"] == len(bench.kernel.tasks)
        json.dumps(machine)


def test_a_kernel_that_panicked_at_boot_has_a_machine() -> None:
    kernel = boot("debian-2005", ram="384M", zone_map_size="32M")
    assert kernel.ended is not None
    machine = kernel.machine()
    assert machine["kalloc_map"] == {"size": 0, "used": 0, "free": 0}
    assert machine["zone_map"]["size"] == 32 << 20
    assert not kernel.run(10)


def not_plain(source: Path) -> Iterator[str]:
    """Statements from which mypyc cannot infer one type for each attribute."""
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Assign):
            targets = [each for target in node.targets for each in getattr(target, "elts", [target])]
            if len(node.targets) > 1 or (len(targets) > 1 and any(isinstance(each, ast.Attribute) for each in targets)):
                yield f"{source.name}:{node.lineno} assigns several targets"
        elif isinstance(node, ast.ClassDef):
            for each in node.body:
                if isinstance(each, ast.Assign) and isinstance(each.value, ast.Name | ast.Attribute):
                    yield f"{source.name}:{each.lineno} binds a name in a class body"


def test_the_sources_are_plain_enough_to_be_compiled() -> None:
    sources = [*sorted((ROOT / "zoneviz" / "mach").glob("*.py")), ROOT / "zoneviz" / "events.py"]
    assert [line for source in sources for line in not_plain(source)] == []


def not_a_trap() -> Steps:
    yield traps.task_self  # type: ignore[misc]


def wrong_argument() -> Steps:
    yield syscall_subr.sleep, "a while"


def catches_the_error() -> Steps:
    with suppress(TypeError):
        yield syscall_subr.sleep, "a while"


@pytest.mark.parametrize("steps", [not_a_trap, wrong_argument, catches_the_error], ids=lambda steps: steps.__name__)
def test_an_error_of_a_trap_names_the_line_that_yields_it(steps: Callable[[], Steps]) -> None:
    bench = Bench()
    with pytest.raises(TypeError) as caught:
        bench.run(steps())
    assert steps.__name__ in [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]


def test_what_is_not_a_trap_is_named() -> None:
    with pytest.raises(TypeError, match=r"a program yields traps, not <.*function task_self"):
        Bench().run(not_a_trap())


def test_a_program_is_a_generator() -> None:
    bench = Bench()
    with pytest.raises(TypeError, match="a program is a generator, not a function"):
        traps.thread_set_state(bench.me, not_a_trap)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a program is a generator"):
        program.start(boot(), not_a_trap)  # type: ignore[arg-type]
