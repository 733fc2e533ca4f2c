"""Memory of the tables of names and of dead-name requests, ipc/ipc_table.c: from a page on it is in kalloc_map, which can be full."""

from typing import TYPE_CHECKING

from zoneviz.mach.kalloc import kalloc, kfree
from zoneviz.mach.sizes import PAGE
from zoneviz.mach.vm_kern import kmem_alloc, kmem_free_object, kmem_realloc

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel


def ipc_table_alloc(k: "Kernel", size: int) -> int:
    """The address of a table of `size` bytes; 0 if kalloc_map has no room."""
    here = k.path
    k.path = here["ipc_table_alloc"]
    table = kalloc(k, size) if size < PAGE else kmem_alloc(k, k.kalloc_map, size)
    k.path = here
    return table


def ipc_table_realloc(k: "Kernel", table: int, old_size: int, size: int) -> int:
    """The address of a larger table, which takes over the pages of one that is in kalloc_map; 0 if there is no room."""
    here = k.path
    k.path = here["ipc_table_realloc"]
    larger = kmem_realloc(k, k.kalloc_map, table, old_size, size)
    k.path = here
    return larger


def ipc_table_free(k: "Kernel", table: int, size: int, moved: bool = False) -> None:
    """Free a table. `moved`: ipc_table_realloc has given its pages to a larger one."""
    here = k.path
    k.path = here["ipc_table_free"]
    if size < PAGE:
        kfree(k, table, size)
    else:
        kmem_free_object(k, k.kalloc_map, table, size, moved=moved)
    k.path = here
