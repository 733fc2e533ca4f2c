"""Sizes of structures, and limits, of the two kernels.

Sizes [M]: read from the zone lists of the running kernels of 2005-07-12 (MACH_IPC_COMPAT=1) and 2007-04-11
(MACH_IPC_COMPAT=0), i386. Limits [R]: kern/mach_param.h, ipc/ipc_init.c, vm/vm_init.c.
"""

from dataclasses import dataclass
from typing import Final

from zoneviz.events import Machine

PAGE: Final = 4096
PAGE_SHIFT: Final = 12
MiB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes of the structures whose size differs between the two kernels."""

    zone: int
    ipc_space: int
    thread: int
    pcb: int
    net_rcv_port: int


SIZES_2005: Final = Sizes(zone=44, ipc_space=64, thread=336, pcb=180, net_rcv_port=284)  # [M]
SIZES_2007: Final = Sizes(zone=48, ipc_space=60, thread=332, pcb=192, net_rcv_port=292)  # [M]

# The same in both [M].
VM_OBJECT: Final = 76
VM_EXTERNAL: Final = 12
VM_MAP: Final = 64
VM_MAP_ENTRY: Final = 48
VM_MAP_COPY: Final = 56
PMAP: Final = 20
PV_ENTRY: Final = 12
VM_FAULT_STATE: Final = 60
VM_PAGE: Final = 48
IPC_TREE_ENTRY: Final = 32
IPC_PORT: Final = 76
IPC_PSET: Final = 20
IPC_ENTRY: Final = 16
IPC_PORT_REQUEST: Final = 8
IPC_MAREQUEST: Final = 16
TASK: Final = 132
FPSAVE: Final = 112

KENTRY_DATA_SIZE: Final = 256 * VM_MAP_ENTRY  # vm/vm_map.c: boot memory of the zone "kernel map entries" [M]
BOOT_ZONE_MEMORY: Final = KENTRY_DATA_SIZE + 430080  # boot memory of all zones: 432 KiB [M]
ZDATA_SIZE: Final = 430080  # kern/zalloc.c: the bump region begins with 420 KiB of boot memory [M]
KALLOC_MAP_SIZE: Final = 8 * MiB  # kern/kalloc.c [R]
IPC_KERNEL_MAP_SIZE: Final = 1 * MiB  # ipc/ipc_init.c [R]
DEVICE_IO_MAP_SIZE: Final = 2 * MiB  # device/ds_routines.c [R]
VM_MAX_KERNEL_ADDRESS: Final = 1024 * MiB  # i386/vm_param.h: 1 GiB of kernel segment [R]
MAX_DIRECT: Final = 960 * MiB  # RAM that is mapped directly, at most [R]
ITE_MAX: Final = 65536  # kern/mach_param.h [R]
IMAR_MAX: Final = 1024  # kern/mach_param.h [R]

# ipc/port.h: messages that a port queues before senders wait [R]
QLIMIT_DEFAULT: Final = 5
QLIMIT_MAX: Final = 16

# ipc/ipc_kmsg.h: overhead of a message, and the size of the kmsg that the processor caches [M]
KMSG_OVERHEAD: Final = 16
SAVED_KMSG_SIZE: Final = 256
NOTIFY_KMSG_SIZE: Final = 48  # a notification of 32 bytes with its overhead [R]
MIG_REPLY_SIZE: Final = 8192  # ipc_kobject_server's reply buffer [M]


def ipc_table_sizes() -> tuple[int, ...]:
    """Entries of an IPC entry table at each step (ipc/ipc_table.c).

    They double up to a page, then grow by one page fifteen times, by two fifteen times, by four fifteen times, and by eight
    from there on [R]. The first 27 steps and the largest table are measured [M].
    """
    sizes = [4, 8, 16, 32, 64, 128, 256]
    step = PAGE // IPC_ENTRY
    while len(sizes) < 512:
        sizes += [sizes[-1] + step * n for n in range(1, 16)]
        step = min(step * 2, 8 * PAGE // IPC_ENTRY)
    return tuple(sizes[:512])


IPC_TABLE_SIZES: Final = ipc_table_sizes()

MACHINE: Final = Machine(boot_zone_memory=BOOT_ZONE_MEMORY, table_entries=IPC_TABLE_SIZES[0], table_entry_size=IPC_ENTRY)
"""What a recording keeps of these constants."""


def round_page(size: int) -> int:
    """`size` rounded up to whole pages, in bytes."""
    return (size + PAGE - 1) & ~(PAGE - 1)
