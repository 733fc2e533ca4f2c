"""Address spaces: the entries, objects, shadows, page tables and pv entries of a program's memory."""

import random

from tests.mach.bench import Bench, Steps
from zoneviz.events import Kind
from zoneviz.mach import program, traps
from zoneviz.mach.sizes import PAGE, MiB
from zoneviz.mach.startup import BSS, STACK, STACK_SIZE, TEXT
from zoneviz.mach.vm_map import KERN_NO_SPACE, NONE, READ, SHARE, VM_MIN_ADDRESS

FAR = 0x20000000
OBJECT = {"objects": 1, "ipc ports": 1}


def change(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}


def warm(name: str = "upstream-2007") -> Bench:
    """A bench after its first RPC, with all needed pages of its stack written."""
    bench = Bench(name)
    assert bench.call(traps.port_allocate(bench.me))[0] == 0
    bench.call(traps.touch(STACK, STACK_SIZE))
    return bench


def allocate(bench: Bench, size: int, address: int | None = None) -> int:
    kr, at = bench.call(traps.vm_allocate(bench.me, size, address))
    assert kr == 0
    assert isinstance(at, int)
    return at


def test_untouched_memory_is_one_entry() -> None:
    bench = warm()
    before, free = bench.held(), bench.kernel.phys.free
    allocate(bench, 100 * PAGE, FAR)
    assert change(before, bench.held()) == {"non-kernel map entries": 1}
    assert bench.kernel.phys.free == free
    assert bench.call(traps.vm_deallocate(bench.me, FAR, 100 * PAGE)) == 0
    assert bench.held() == before


def test_the_first_touch_allocates_an_object_and_pages() -> None:
    bench = warm()
    allocate(bench, 4 * PAGE, FAR)
    before, free = bench.held(), bench.kernel.phys.free
    assert bench.call(traps.touch(FAR)) is True
    assert change(before, bench.held()) == OBJECT
    assert free - bench.kernel.phys.free == 2  # the page, and a page table for a region that was not touched before
    assert bench.call(traps.touch(FAR + PAGE, 3 * PAGE)) is True
    assert change(before, bench.held()) == OBJECT
    assert free - bench.kernel.phys.free == 5
    assert bench.call(traps.touch(FAR, 4 * PAGE)) is True
    assert free - bench.kernel.phys.free == 5
    assert bench.call(traps.vm_deallocate(bench.me, FAR, 4 * PAGE)) == 0
    # The page table stays until the task dies.
    assert free - bench.kernel.phys.free == 1


def test_a_page_table_for_each_touched_4_mib() -> None:
    bench = warm()
    allocate(bench, 16 * MiB, FAR)
    since = len(bench.events)
    for at in (0, PAGE, 4 * MiB - PAGE, 4 * MiB, 12 * MiB):
        bench.call(traps.touch(FAR + at))
    assert [e[6] - FAR for e in bench.kinds(Kind.PT_PAGE, since=since)] == [0, 4 * MiB, 12 * MiB]


def test_neighbouring_entries_are_coalesced() -> None:
    bench = warm()
    before = bench.held()
    allocate(bench, PAGE, FAR)
    allocate(bench, PAGE, FAR + PAGE)
    assert change(before, bench.held()) == {"non-kernel map entries": 1}
    allocate(bench, PAGE, FAR + 3 * PAGE)
    assert change(before, bench.held()) == {"non-kernel map entries": 2}
    # A touched entry grows with its object.
    bench.call(traps.touch(FAR))
    allocate(bench, PAGE, FAR + 2 * PAGE)
    assert change(before, bench.held()) == {"non-kernel map entries": 2} | OBJECT


def test_an_entry_whose_object_others_see_does_not_grow() -> None:
    """vm_object_coalesce: not while a child shares the object or the one behind it; once the child is gone, yes."""
    bench = warm()
    allocate(bench, 2 * PAGE, FAR)
    bench.call(traps.touch(FAR, 2 * PAGE))
    kr, child = bench.call(traps.task_create(bench.me, True))
    assert kr == 0
    for _ in range(2):  # the object is shared; then the parent has its own, which shadows it
        before = bench.held()
        allocate(bench, PAGE, FAR + 2 * PAGE)
        assert change(before, bench.held()) == {"non-kernel map entries": 1}
        assert bench.call(traps.vm_deallocate(bench.me, FAR + 2 * PAGE, PAGE)) == 0
        bench.call(traps.touch(FAR))
    assert bench.call(traps.task_terminate(child)) == 0
    before = bench.held()
    allocate(bench, PAGE, FAR + 2 * PAGE)
    assert change(before, bench.held()) == {"objects": -1, "ipc ports": -1}  # the collapse frees the one behind


def test_an_entry_with_another_inheritance_does_not_grow() -> None:
    bench = warm()
    allocate(bench, PAGE, FAR)
    assert bench.call(traps.vm_inherit(bench.me, FAR, PAGE, NONE)) == 0
    before = bench.held()
    allocate(bench, PAGE, FAR + PAGE)
    assert change(before, bench.held()) == {"non-kernel map entries": 1}


def test_an_entry_that_grows_again_has_no_old_pages() -> None:
    bench = warm()
    allocate(bench, 3 * PAGE, FAR)
    bench.call(traps.touch(FAR, 3 * PAGE))
    assert bench.call(traps.vm_deallocate(bench.me, FAR + PAGE, 2 * PAGE)) == 0
    free = bench.kernel.phys.free
    allocate(bench, 2 * PAGE, FAR + PAGE)
    assert bench.kernel.phys.free == free + 2
    bench.call(traps.touch(FAR, 3 * PAGE))
    assert bench.kernel.phys.free == free


def test_allocated_addresses_are_refused() -> None:
    bench = warm()
    allocate(bench, 4 * PAGE, FAR)
    before = bench.held()
    for at in (FAR, FAR + 3 * PAGE, FAR - PAGE):
        assert bench.call(traps.vm_allocate(bench.me, 2 * PAGE, at))[0] == KERN_NO_SPACE
    assert bench.call(traps.vm_allocate(bench.me, PAGE, 0xC0000000))[0] == KERN_NO_SPACE
    assert bench.held() == before


def test_anywhere_is_the_first_hole_that_fits() -> None:
    bench = warm()
    first = allocate(bench, PAGE)
    second = allocate(bench, 3 * PAGE)
    assert second == first + PAGE
    assert bench.call(traps.vm_deallocate(bench.me, first, PAGE)) == 0
    assert allocate(bench, 2 * PAGE) == second + 3 * PAGE
    assert allocate(bench, PAGE) == first


def test_a_hole_in_the_middle_clips_the_entry() -> None:
    bench = warm()
    allocate(bench, 4 * PAGE, FAR)
    bench.call(traps.touch(FAR, 4 * PAGE))
    before, free = bench.held(), bench.kernel.phys.free
    assert bench.call(traps.vm_deallocate(bench.me, FAR + PAGE, PAGE)) == 0
    assert change(before, bench.held()) == {"non-kernel map entries": 1}
    assert [(e.start - FAR, e.end - FAR) for e in bench.task.map.entries if e.start >= FAR][:2] == [(0, PAGE), (2 * PAGE, 4 * PAGE)]
    assert bench.call(traps.touch(FAR + PAGE)) is False
    # The page stays with the object, which the rest still uses.
    assert bench.kernel.phys.free == free


def test_protection_clips_entries_and_is_enforced() -> None:
    bench = warm()
    allocate(bench, 3 * PAGE, FAR)
    bench.call(traps.touch(FAR, 3 * PAGE))
    before = bench.held()
    assert bench.call(traps.vm_protect(bench.me, FAR + PAGE, PAGE, READ)) == 0
    assert change(before, bench.held()) == {"non-kernel map entries": 2}
    assert bench.call(traps.touch(FAR + PAGE)) is False
    assert bench.call(traps.touch(FAR + PAGE, write=False)) is True
    assert bench.call(traps.touch(FAR)) is True


def test_missing_memory() -> None:
    bench = warm()
    before = bench.held()
    assert bench.call(traps.touch(FAR)) is False
    assert bench.call(traps.vm_deallocate(bench.me, FAR, 10 * PAGE)) == 0
    assert bench.held() == before


def test_the_text_of_the_program_cannot_be_written() -> None:
    bench = warm()
    assert bench.call(traps.touch(TEXT, write=False)) is True
    assert bench.call(traps.touch(TEXT)) is False


def fork(bench: Bench) -> int:
    kr, task = bench.call(traps.task_create(bench.me, True))
    assert kr == 0
    assert isinstance(task, int)
    return task


def end(bench: Bench, task: int) -> None:
    assert bench.call(traps.task_terminate(task)) == 0
    assert bench.call(traps.port_deallocate(bench.me, task)) == 0


def test_a_fork_copies_entries_and_the_first_write_copies_a_page() -> None:
    bench = warm()
    allocate(bench, 8 * PAGE, FAR)
    bench.call(traps.touch(FAR, 8 * PAGE))
    entries = len(bench.task.map.entries)
    before = bench.held()
    task = fork(bench)
    made = change(before, bench.held())
    assert made["non-kernel map entries"] == entries
    held, free = bench.held(), bench.kernel.phys.free
    bench.call(traps.touch(FAR))
    assert change(held, bench.held()) == OBJECT
    assert free - bench.kernel.phys.free == 1
    # The second page of the same object: a page, no further object.
    bench.call(traps.touch(FAR + PAGE))
    assert change(held, bench.held()) == OBJECT
    assert free - bench.kernel.phys.free == 2
    end(bench, task)
    # Only the shadows of our memory and stack are left, until a later fault merges them.
    assert change(before, bench.held()) == {"objects": 2, "ipc ports": 2}


def test_children_that_write_and_exit_leak_nothing() -> None:
    bench = warm()
    allocate(bench, 4 * PAGE, FAR)
    bench.call(traps.touch(FAR, 4 * PAGE))
    levels = []
    for _ in range(30):
        task = fork(bench)
        bench.call(traps.touch(FAR, 4 * PAGE))
        bench.call(traps.touch(BSS))
        end(bench, task)
        bench.call(traps.touch(FAR, 4 * PAGE))
        levels.append((bench.held(), bench.kernel.phys.free))
    assert all(level == levels[2] for level in levels[2:])


def test_shadow_chains_do_not_grow_with_each_generation() -> None:
    bench = warm()
    allocate(bench, PAGE, FAR)
    bench.call(traps.touch(FAR))
    levels = []
    tasks = []
    for _ in range(12):
        before = bench.held()
        tasks.append(fork(bench))
        bench.call(traps.touch(FAR))
        levels.append(change(before, bench.held())["objects"])
    # The first write after each fork: the same in every generation.
    assert len(set(levels[1:])) == 1
    for task in tasks:
        end(bench, task)
    entry = bench.task.map.find(FAR)
    assert entry is not None
    depth, backing = 0, entry.object
    while backing is not None:
        depth, backing = depth + 1, backing.shadow
    assert depth <= 2


def test_memory_that_is_not_inherited_costs_the_child_nothing() -> None:
    bench = warm()
    allocate(bench, PAGE, FAR)
    assert bench.call(traps.vm_inherit(bench.me, FAR, PAGE, NONE)) == 0
    task = fork(bench)
    assert bench.task_of(task).map.find(FAR) is None


def test_shared_memory_has_one_object_in_parent_and_child() -> None:
    """Also if the parent has not touched it before the fork: then the fork allocates the object."""
    bench = warm()
    for address in (FAR, FAR + 4 * PAGE):
        allocate(bench, PAGE, address)
        assert bench.call(traps.vm_inherit(bench.me, address, PAGE, SHARE)) == 0
    bench.call(traps.touch(FAR))
    before = bench.in_use("objects")
    child = bench.task_of(fork(bench)).map
    assert change(before, bench.in_use("objects"))["objects"] == 2  # the untouched one, and a shadow for the parent's stack
    objects = []
    for address in (FAR, FAR + 4 * PAGE):
        mine, its = bench.task.map.find(address), child.find(address)
        assert mine is not None and its is not None
        assert mine.object is not None and mine.object is its.object
        assert (mine.needs_copy, its.needs_copy, mine.object.refs) == (False, False, 2)
        objects.append(mine.object)
    bench.call(traps.touch(FAR + 4 * PAGE))
    assert [(len(found.pages), found.shadow) for found in objects] == [(1, None), (1, None)]


def test_a_second_mapping_takes_a_pv_entry_that_is_reused() -> None:
    bench = warm()
    allocate(bench, 4 * PAGE, FAR)
    bench.call(traps.touch(FAR, 4 * PAGE))
    task = fork(bench)
    kr, thread = bench.call(traps.thread_create(task))
    assert kr == 0

    def reader() -> Steps:
        yield traps.touch(FAR, 4 * PAGE, write=False)
        yield traps.sleep(10**12)

    held = bench.held()["pv_list"]
    bench.call(traps.thread_set_state(thread, reader()))
    bench.call(traps.thread_resume(thread))
    bench.let_run()
    assert bench.held()["pv_list"] == held + 4
    total = bench.in_use()["pv_list"]
    end(bench, task)
    assert bench.held()["pv_list"] == held
    # They stay on the free list of the pmap module and are not returned to the zone.
    assert bench.in_use()["pv_list"] == total


def test_vm_write_swaps_objects() -> None:
    bench = warm()
    allocate(bench, PAGE, FAR)
    allocate(bench, PAGE, FAR + 2 * PAGE)
    bench.call(traps.touch(FAR))
    task = fork(bench)
    before = bench.held()
    assert bench.call(traps.vm_write(task, FAR + 2 * PAGE, FAR, PAGE)) == 0
    assert change(before, bench.held()) == {}
    there, here = bench.task_of(task).map.find(FAR + 2 * PAGE), bench.task.map.find(FAR)
    assert there is not None
    assert here is not None
    assert there.object is here.object


def test_vm_write_of_missing_memory_is_an_error() -> None:
    bench = warm()
    task = fork(bench)
    assert bench.call(traps.vm_write(task, FAR, FAR, PAGE)) != 0


def test_the_stacks_of_the_test_program_are_in_its_memory() -> None:
    bench = warm()
    for slot in range(program.THREAD_STACKS):
        assert bench.task.map.find(program.thread_stack(slot)) is not None


def test_room_is_always_the_first_fit() -> None:
    """The remembered start of the search does not change its result."""
    bench, chance = warm(), random.Random(7)
    where = bench.task.map
    for _ in range(600):
        size, at = chance.randrange(1, 6) * PAGE, FAR // 4 + chance.randrange(64) * PAGE
        act = chance.random()
        if act < 0.3:
            bench.call(traps.vm_allocate(bench.me, size, at))
        elif act < 0.5:
            bench.call(traps.vm_deallocate(bench.me, at, size))
        else:
            expected = VM_MIN_ADDRESS
            for entry in where.entries:
                if entry.start - expected >= size:
                    break
                expected = entry.end
            assert allocate(bench, size) == expected
