"""msgh_ids of the Hurd's interfaces that the programs here use [S], sizes of messages [I], error numbers [S]."""

from dataclasses import dataclass

REQUEST_SIZE = 48  # bytes of a short request with a port [I]
REPLY_SIZE = 40  # bytes of a short reply [I]
SIGNAL_SIZE = 48  # bytes of msg_sig_post: header, signal, code, a port [S]
NEWIDS_SIZE = 56  # bytes of msg_proc_newids: header, a port, three numbers [S]
EXEC_SIZE = 900  # bytes of an exec request: arguments, environment, about 12 rights [I]

# proc.defs, subsystem 24000
PROC_CHILD = 24013
PROC_GETPIDS = 24024
PROC_TASK2PROC = 24025
PROC_TASK2PID = 24026
PROC_DOSTOP = 24031
PROC_HANDLE_EXCEPTIONS = 24034
PROC_SETMSGPORT = 24036
PROC_REASSIGN = 24037
PROC_SETOWNER = 24038
PROC_SETSID = 24039
PROC_MARK_EXIT = 24040
PROC_WAIT = 24041
PROC_PID2TASK = 24042
PROC_GETMSGPORT = 24043
PROC_SETPGRP = 24044

AUTH_USER_AUTHENTICATE = 25001
AUTH_SERVER_AUTHENTICATE = 25002
AUTH_MAKEAUTH = 25003

FILE_EXEC = 20000
FILE_REPARENT = 20031  # the number is [I]
FSYS_STARTUP = 22000
FSYS_GETROOT = 22002
IO_REAUTHENTICATE = 21015
TERM_OPEN_CTTY = 28000
EXEC_EXEC = 30000
EXEC_STARTUP_GET_INFO = 30500
PASSWORD_CHECK_USER = 38000
SOCKET_CREATE = 26000
SOCKET_NAME = 26005
SOCKET_FABRICATE_ADDRESS = 26009
MSG_SIG_POST = 23000
MSG_PROC_NEWIDS = 23001

SIGCHLD = 20  # the Hurd's bits/signum.h, as in BSD [S]

EACCES = 0x4000000D  # _HURD_ERRNO (13) [S]
EAGAIN = 0x40000023  # hurd/hurd_types.h: _HURD_ERRNO (35) [S]
ECHILD = 0x4000000A  # _HURD_ERRNO (10) [S]
EMFILE = 0x40000018  # _HURD_ERRNO (24) [S]
EDIED = 0x40000065  # _HURD_ERRNO (101) [S]
ESRCH = 0x40000003  # _HURD_ERRNO (3) [S]


@dataclass(frozen=True, slots=True)
class Failed:
    """The body of a reply to a request that failed."""

    error: int
