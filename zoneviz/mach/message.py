"""Dispositions of rights in a message, and return codes of the message trap."""

from typing import Final

# mach/message.h [R]
MOVE_RECEIVE: Final = 16
MOVE_SEND: Final = 17
MOVE_SEND_ONCE: Final = 18
COPY_SEND: Final = 19
MAKE_SEND: Final = 20
MAKE_SEND_ONCE: Final = 21

# mach/message.h [R]
MACH_SEND_INVALID_DEST: Final = 0x10000003
MACH_SEND_TIMED_OUT: Final = 0x10000004
MACH_SEND_INVALID_REPLY: Final = 0x10000009
MACH_SEND_INVALID_RIGHT: Final = 0x1000000A
MACH_SEND_INVALID_MEMORY: Final = 0x1000000C
MACH_SEND_NO_BUFFER: Final = 0x1000000D
MACH_RCV_INVALID_NAME: Final = 0x10004002
MACH_RCV_TIMED_OUT: Final = 0x10004003
MACH_RCV_INTERRUPTED: Final = 0x10004005
MACH_RCV_PORT_DIED: Final = 0x10004009
MACH_RCV_HEADER_ERROR: Final = 0x1000400B
MACH_RCV_BODY_ERROR: Final = 0x1000400C

MACH_MSG_IPC_KERNEL: Final = 0x0800  # added to the last two: the kernel had no room for a larger table of names [R]
