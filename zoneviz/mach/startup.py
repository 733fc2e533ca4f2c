"""Boot, kern/startup.c and i386/i386at/model_dep.c: every allocation from the first zinit to the first user instruction.

Order and sizes are those of the real kernel [M]; the formulas are from its source [R].
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from zoneviz.events import EXHAUSTIBLE, FIXED, SEND
from zoneviz.mach import sizes
from zoneviz.mach.ipc_port import ipc_port_alloc_special, make_send
from zoneviz.mach.ipc_space import entry_alloc_name, right_insert
from zoneviz.mach.kalloc import kalloc, kalloc_init
from zoneviz.mach.kinds import BOOTED, PAGEOUT
from zoneviz.mach.pmap import pmap_protect_read
from zoneviz.mach.sched_prim import RUNNING
from zoneviz.mach.sizes import PAGE, MiB, round_page
from zoneviz.mach.task import task_create
from zoneviz.mach.thread import Thread, stack_alloc, stack_collect, stack_free, stack_handoff, thread_create
from zoneviz.mach.vm_fault import kernel_touch
from zoneviz.mach.vm_kern import kmem_alloc_wired, kmem_init, kmem_suballoc
from zoneviz.mach.vm_map import READ, WRITE, vm_allocate
from zoneviz.mach.vm_object import raw_object
from zoneviz.mach.zalloc import consider_zone_gc, zalloc, zcram, zinit

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel


BIOS_PAGES: Final = 32  # the last 128 KiB of RAM hold the tables of the BIOS on the measured machine [M]
LOW_PAGES: Final = 100  # kernel image, root of the boot page tables, BIOS holes; any value from 76 to 140 gives the measured maps [M]
MODULE_PAGES: Final = 145  # pages that never reach the free list: boot module, page tables of the direct mapping [M]
PTE_SPAN: Final = 4 * MiB  # bytes that one page table maps (i386)


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment of the first program. `size`: bytes. `filled`: loaded from the file; otherwise zero fill."""

    address: int
    size: int
    protection: int
    filled: bool


# The test program of the measured kernels: text, constants, data, zero fill, and a stack of 64 KiB. The sizes of zero fill and
# stack are measured; the other three have as many pages in total as loading the program took [M].
TEXT: Final = 0x08048000
BSS: Final = 0x08060000
BSS_SIZE: Final = 266240
STACK_SIZE: Final = 65536
STACK: Final = 0xBFFF0000
PROGRAM: Final = (
    Segment(TEXT, 8 * PAGE, READ, True),
    Segment(0x08052000, 3 * PAGE, READ, True),
    Segment(0x08058000, 2 * PAGE, 3, True),
    Segment(BSS, BSS_SIZE, 3, False),
)
SMALL_PROGRAM: Final = PROGRAM[:3]


def window(k: "Kernel") -> tuple[int, int]:
    """(end of the direct mapping, end of kernel addresses) in bytes; the difference is the window that the profile sets."""
    last = min(k.profile.ram - BIOS_PAGES * PAGE, sizes.MAX_DIRECT)
    end = last + 40 * MiB
    if k.profile.kernel_window == "40M+ram/15":
        end += last // 15 // PAGE * PAGE
    return last, min(end, sizes.VM_MAX_KERNEL_ADDRESS)


def vm_page_bootstrap(k: "Kernel") -> tuple[int, int, int]:
    """Allocate the page structures and buckets: (first boot address, first free kernel address, physical pages mapped directly).

    Buckets and structures are made for all RAM, although pages above the direct mapping are never used [I]; with 1 GiB that takes
    0.74 MiB more of the window, as measured [M].
    """
    last, end = window(k)
    pages = last // PAGE
    taken = (sizes.KENTRY_DATA_SIZE + sizes.ZDATA_SIZE) // PAGE + -(-end // PTE_SPAN) + LOW_PAGES
    counted = k.profile.ram // PAGE - BIOS_PAGES - taken
    buckets = 1
    while buckets < counted:
        buckets *= 2
    bucket_bytes = round_page(buckets * 4)
    structures = (counted - bucket_bytes // PAGE) * PAGE // (PAGE + sizes.VM_PAGE)
    structure_bytes = round_page(structures * sizes.VM_PAGE)
    usable = min(structures, pages - taken - (bucket_bytes + structure_bytes) // PAGE)
    k.phys.startup(k, usable - MODULE_PAGES)
    boot = sizes.KENTRY_DATA_SIZE + sizes.ZDATA_SIZE + bucket_bytes + structure_bytes
    return last, last + boot, pages


def setup_main(k: "Kernel") -> None:
    """Boot, until the first user task is ready to run."""
    main = k.root["c_boot_entry"]["setup_main"]
    k.path = main["vm_mem_bootstrap"]
    vm_mem_bootstrap(k)
    k.path = main
    ipc_bootstrap(k)
    k.path = main["vm_mem_init"]["vm_object_init"]
    ipc_port_alloc_special(k, "memory_manager_default")
    k.path = main
    ipc_init(k)
    k.path = main["mapable_time_init"]
    kmem_alloc_wired(k, k.kernel_map, PAGE)
    k.path = main["machine_init"]["cninit"]["kdcninit"]["kdinit"]["ttychars"]["cb_alloc"]
    kalloc(k, 4096)
    kalloc(k, 2048)
    k.path = main["task_init"]
    limits = k.profile
    zinit(k, sizes.TASK, limits.task_max * sizes.TASK, 3 * PAGE, "tasks")
    k.kernel_task = task_create(k, None, False, "kernel")
    k.path = main
    thread_init(k)
    first = thread_create(k, k.kernel_task, "pageout")
    k.path = main["thread_doswapin"]
    stack_alloc(k, first)
    k.task_id = k.kernel_task.id
    k.thread_id = first.id
    threads = start_kernel_threads(k, first)
    bootstrap(k, threads)


def vm_mem_bootstrap(k: "Kernel") -> None:
    """Initialise zones, objects, maps, pmap, zone_map and kalloc, in this order (vm/vm_init.c)."""
    here = k.path
    boot, start, pages = vm_page_bootstrap(k)
    k.space_next = boot + sizes.KENTRY_DATA_SIZE
    k.space_end = k.space_next + sizes.ZDATA_SIZE
    k.path = here["zone_bootstrap"]
    _zinit_zones(k)
    inside = here["vm_object_bootstrap"]
    k.path = inside
    zinit(k, sizes.VM_OBJECT, 512 * 1024, 3 * PAGE, "objects")
    zalloc(k, k.zones["objects"])  # the template
    raw_object(k, 0)  # kernel_object
    raw_object(k, 0)  # vm_submap_object
    k.path = inside["vm_external_module_initialize"]
    zinit(k, sizes.VM_EXTERNAL, 16 * 1024 * sizes.VM_EXTERNAL, PAGE, "external page bitmaps")
    zinit(k, 16, 1024 * 16, PAGE, "object small existence maps", EXHAUSTIBLE)
    zinit(k, 1024, 8 * 1024, PAGE, "object large existence maps", EXHAUSTIBLE)
    k.path = here["vm_map_init"]
    zinit(k, sizes.VM_MAP, 40 * 1024, PAGE, "maps")
    zinit(k, sizes.VM_MAP_ENTRY, MiB, 5 * PAGE, "non-kernel map entries")
    zinit(k, sizes.VM_MAP_ENTRY, sizes.KENTRY_DATA_SIZE, sizes.KENTRY_DATA_SIZE, "kernel map entries", FIXED)
    zinit(k, sizes.VM_MAP_COPY, 16 * 1024, PAGE, "map copies")
    zcram(k, k.zones["kernel map entries"], boot, sizes.KENTRY_DATA_SIZE)
    k.path = here
    kmem_init(k, start, window(k)[1])
    k.path = here["pmap_init"]
    # For each page 12 bytes of pv_head_table, 1 byte of attributes and 1 bit of lock (i386/intel/pmap.c).
    kmem_alloc_wired(k, k.kernel_map, round_page(pages * sizes.PV_ENTRY + (pages + 31) // 32 * 4 + pages))
    zinit(k, sizes.PMAP, 400 * sizes.PMAP, PAGE, "pmap")
    zinit(k, sizes.PV_ENTRY, 10000 * sizes.PV_ENTRY, PAGE, "pv_list")
    k.path = here["zone_init"]
    k.zone_map = kmem_suballoc(k, "zone_map", k.profile.zone_map_size)
    # The zone page table, in zone_map: 8 bytes for each page of zone_map.
    kmem_alloc_wired(k, k.zone_map, round_page(k.zone_map.size // PAGE * 8))
    k.path = here
    kalloc_init(k)
    k.path = here["vm_fault_init"]
    zinit(k, sizes.VM_FAULT_STATE, k.profile.thread_max * sizes.VM_FAULT_STATE, PAGE, "vm fault state")
    k.path = here["vm_page_module_init"]
    zinit(k, sizes.VM_PAGE, sizes.VM_MAX_KERNEL_ADDRESS, PAGE, "vm pages")
    k.path = here


def _zinit_zones(k: "Kernel") -> None:
    zinit(k, k.sizes.zone, 128 * k.sizes.zone, PAGE, "zones")


def ipc_bootstrap(k: "Kernel") -> None:
    """Create the zones of ipc/, its two special spaces and its tables (ipc/ipc_init.c)."""
    here = k.path
    inside = here["ipc_bootstrap"]
    k.path = inside
    p = k.profile
    # mach_param.h: SPACE_MAX, PORT_MAX and SET_MAX follow from the task and thread limits [R].
    zinit(k, k.sizes.ipc_space, (p.task_max + 5) * k.sizes.ipc_space, PAGE, "ipc spaces", EXHAUSTIBLE)
    zinit(k, sizes.IPC_TREE_ENTRY, sizes.ITE_MAX * sizes.IPC_TREE_ENTRY, PAGE, "ipc tree entries", EXHAUSTIBLE)
    zinit(k, sizes.IPC_PORT, (p.task_max * 3 + p.thread_max * 3 + 40000) * sizes.IPC_PORT, PAGE, "ipc ports")
    zinit(k, sizes.IPC_PSET, (p.task_max + p.thread_max + 200) * sizes.IPC_PSET, PAGE, "ipc port sets", EXHAUSTIBLE)
    k.path = inside["ipc_space_create_special"]
    zalloc(k, k.zones["ipc spaces"])
    zalloc(k, k.zones["ipc spaces"])
    k.path = inside["ipc_table_init"]
    kalloc(k, 2048)
    kalloc(k, 256)
    k.path = inside["ipc_hash_init"]
    kalloc(k, 1024)
    k.path = inside["ipc_marequest_init"]
    kalloc(k, 64)
    zinit(k, sizes.IPC_MAREQUEST, sizes.IMAR_MAX * sizes.IPC_MAREQUEST, PAGE, "ipc msg-accepted requests", EXHAUSTIBLE)
    k.path = here


def ipc_init(k: "Kernel") -> None:
    """Create ipc_kernel_map and the ports of host, processor set and processor."""
    here = k.path
    inside = here["ipc_init"]
    k.path = inside
    kmem_suballoc(k, "ipc_kernel_map", sizes.IPC_KERNEL_MAP_SIZE, "non-kernel map entries")
    host_init = inside["ipc_host_init"]
    k.path = host_init
    for name in ("host", "host_priv"):
        k.host_ports[name] = ipc_port_alloc_special(k, name)
    k.path = host_init["ipc_pset_init"]
    for name in ("pset", "pset_name"):
        k.host_ports[name] = ipc_port_alloc_special(k, name)
    k.path = host_init["ipc_processor_init"]
    ipc_port_alloc_special(k, "processor")
    k.path = here


def thread_init(k: "Kernel") -> None:
    """Create the zones of threads, pcbs and floating point states."""
    here = k.path
    inside = here["thread_init"]
    k.path = inside
    count = k.profile.thread_max
    zinit(k, k.sizes.thread, count * k.sizes.thread, 6 * PAGE, "threads")
    inside = inside["pcb_module_init"]
    k.path = inside
    zinit(k, k.sizes.pcb, count * k.sizes.pcb, 3 * PAGE, "i386 pcb state")
    k.path = inside["fpu_module_init"]
    zinit(k, sizes.FPSAVE, count * sizes.FPSAVE, 2 * PAGE, "i386 fpsave state")
    k.path = here


def start_kernel_threads(k: "Kernel", first: Thread) -> list[Thread]:
    """Create the kernel's threads and its device layer, in the first thread. All threads in order of creation."""
    here = k.root["Thread_continue"]["thread_continue"]["start_kernel_threads"]
    k.path = here
    threads = [first]

    def kernel_thread(name: str, *through: str) -> None:
        k.path = here
        for frame in through:
            k.path = k.path[frame]
        new = thread_create(k, k.kernel_task, name)
        k.path = k.path["thread_doswapin"]
        stack_alloc(k, new)
        threads.append(new)
        k.path = here

    kernel_thread("idle")
    kernel_thread("reaper", "kernel_thread")
    kernel_thread("swapin", "kernel_thread")
    kernel_thread("sched", "kernel_thread")
    device_service_create(k)
    kernel_thread("io_done", "device_service_create", "kernel_thread")
    kernel_thread("net", "device_service_create", "kernel_thread")
    k.idle_thread = threads[1]
    k.reaper = threads[2]
    return threads


def device_service_create(k: "Kernel") -> None:
    """Create the port, map and zones of the device layer (device/)."""
    here = k.path
    inside = here["device_service_create"]
    k.path = inside
    k.device_port = ipc_port_alloc_special(k, "device")
    init = inside["mach_device_init"]
    k.path = init
    kmem_suballoc(k, "device_io_map", sizes.DEVICE_IO_MAP_SIZE)
    zinit(k, 128, 1000 * 128, PAGE, "io inband read buffers")
    k.path = init["mach_device_trap_init"]
    zinit(k, 2048, 256 * 2048, 8 * PAGE, "wired device trap buffers")
    k.path = inside["dev_lookup_init"]
    zinit(k, 48, 256 * 48, PAGE, "open device entry")
    k.path = inside["net_io_init"]
    zinit(k, k.sizes.net_rcv_port, 1000 * k.sizes.net_rcv_port, PAGE, "net_rcv_port")
    zinit(k, 32, 100 * 32, PAGE, "net_hash_entry")
    pager = inside["device_pager_init"]
    k.path = pager
    zinit(k, 36, 1000 * 36, PAGE, "device pager structures")
    k.path = pager["dev_pager_hash_init"]
    zinit(k, 16, 1000 * 16, PAGE, "dev_pager port hash")
    k.path = here


def bootstrap(k: "Kernel", threads: list[Thread]) -> None:
    """bootstrap_create: create the first user task and its thread; then each kernel thread runs once and blocks."""
    here = k.path
    k.path = here["bootstrap_create"]["bootstrap_exec_compat"]
    user = task_create(k, k.kernel_task, False, "user")
    thread = thread_create(k, user, "main")
    k.first_user = thread
    for port in (k.host_ports["host_priv"], k.device_port):
        # task_insert_send_right takes the first unused name; beyond the table that is a tree entry.
        name = 1
        while name in user.space.entries:
            name += 1
        _, entry, _ = entry_alloc_name(k, user.space, name)
        right_insert(k, user.space, name, entry, make_send(port), SEND)
    k.path = here["vm_pageout"]["vm_pageout_continue"]["vm_pageout_scan"]
    k.tell((PAGEOUT, k.time, k.task_id, k.thread_id, k.path.id, 0, 0, k.phys.free, k.phys.free_min))
    stack_collect(k)
    consider_zone_gc(k)
    for old, new in pairwise(threads):
        k.thread_id = new.id
        k.path = k.root["Thread_continue"]["thread_continue"]["thread_dispatch"]
        stack_free(k, old)
    k.path = k.root["Thread_continue"]["thread_continue"]["net_thread"]["thread_block"]["thread_invoke"]
    stack_handoff(k, threads[-1], thread)
    k.path = k.root
    thread.suspend_count = 0
    thread.state = RUNNING
    k.current = thread
    k.task_id = user.id
    k.thread_id = thread.id


def load_program(k: "Kernel", segments: tuple[Segment, ...] = PROGRAM) -> Thread:
    """user_bootstrap_compat: load the boot module and its stack into the first task. Its thread."""
    thread: Thread = k.first_user
    where = thread.task.map
    load = k.root["user_bootstrap_compat"]["copy_bootstrap"]["exec_load"]
    for segment in segments:
        k.path = load["read_exec"]
        vm_allocate(k, where, segment.address, segment.size, False)
        if segment.filled:
            k.path = load
            kernel_touch(k, where, segment.address, segment.size)
        entry = where.find(segment.address)
        assert entry is not None
        entry.protection = segment.protection
        if not segment.protection & WRITE:
            pmap_protect_read(where.pmap, segment.address // PAGE, (segment.address + segment.size) // PAGE)
    k.path = k.root["user_bootstrap_compat"]["build_args_and_stack"]
    vm_allocate(k, where, STACK, STACK_SIZE, False)
    k.path = k.root["user_bootstrap_compat"]
    kernel_touch(k, where, STACK + STACK_SIZE - PAGE, PAGE)
    thread.buffer = STACK + STACK_SIZE - PAGE
    # Some kernel threads have run again and hold stacks: two are left on the free list [M].
    while len(k.free_stacks) > FREE_STACKS:
        k.free_stacks.pop(0)
    k.path = k.root
    k.tell((BOOTED, k.time, k.task_id, k.thread_id, 0, 0, 0, k.kernel_map.size - k.kernel_map.used, 0))
    return thread


FREE_STACKS: Final = 2  # stacks on the free list when the user program starts [M]


def machine(k: "Kernel") -> dict[str, Any]:
    """The machine part of a result, as docs/architecture.md describes it. Sizes in bytes."""

    def in_use(name: str) -> int:
        return k.zones[name].in_use if name in k.zones else 0

    def usage(name: str) -> dict[str, int]:
        found = k.maps.get(name)
        if found is None:
            return {"size": 0, "used": 0, "free": 0}
        return {"size": found.size, "used": found.used, "free": found.size - found.used}

    return {
        "counts": {
            "operations": k.operations,
            "forks": k.forks,
            "processes": k.processes,
            "tasks": in_use("tasks"),
            "threads": in_use("threads"),
            "ports": in_use("ipc ports"),
            "messages": k.messages,
        },
        "zone_map": {**usage("zone_map"), "wasted": k.wasted},
        "kernel_map": usage("kernel_map"),
        "kalloc_map": usage("kalloc_map"),
        "physical": {"pages": k.phys.pages, "free": k.phys.free, "wired": k.phys.wired},
        "zones": [
            {
                "name": z.name,
                "elem_size": z.elem_size,
                "in_use": z.in_use,
                "free": len(z.free),
                "cur_size": z.cur_size,
                "max_size": z.max_size,
                "flags": z.flags,
            }
            for z in k.zones.values()
        ],
    }
