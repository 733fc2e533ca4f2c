"""What an allocation was for, from its call path."""

import pytest

from zoneviz.playback.diagnosis.families import MEMORY, MESSAGES, NAMES, PORTS, TASKS, THREADS, family_of


@pytest.mark.parametrize(
    ("path", "family"),
    [
        ("mach_msg_trap > _Xtask_create > task_create > ipc_task_init > ipc_port_alloc_special", TASKS),
        ("_Xthread_create > thread_create > ipc_thread_init > ipc_port_alloc", THREADS),
        ("mach_call_call > mach_reply_port > ipc_port_alloc > ipc_object_alloc", THREADS),
        ("_Xmach_port_allocate > mach_port_allocate > ipc_port_alloc > ipc_entry_alloc > ipc_table_realloc", PORTS),
        ("mach_msg_trap > mach_msg_send > ipc_kmsg_get", MESSAGES),
        ("task_terminate > ipc_space_destroy > ipc_right_clean > ipc_port_destroy > ipc_notify_dead_name > ipc_kmsg_alloc", MESSAGES),
        ("_take_trap > user_trap > vm_fault > vm_map_lookup > vm_object_shadow > vm_object_allocate > ipc_port_alloc_special", TASKS),
        ("_take_trap > user_trap > vm_fault > vm_map_lookup > vm_object_allocate > ipc_port_alloc_special", MEMORY),
        ("setup_main > zinit", len(NAMES) - 1),
    ],
)
def test_the_outermost_known_frame_decides(path: str, family: int) -> None:
    assert family_of(path.split(" > ")) == family
