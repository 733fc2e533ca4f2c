"""Leaks of the servers and of libc, each in the place where it was, and when it was cured [S].

The profile's `leaks` chooses: `none`, `all`, a year (the leaks that were not cured at its date), or names. What a call leaks is measured
by tools/processes.py; docs/fidelity.md has its table, and the leaks that are not modelled.
"""

from typing import NamedTuple

DATES = {"2005": "2005-07-12", "2007": "2007-04-11"}  # of the measured kernels
AFTER = "9999"  # cured after 2007, or without a date


class Leak(NamedTuple):
    """`what` is left by a call. `cured`: the day from which binaries were without it, as people got them; or AFTER."""

    what: str
    cured: str = AFTER


LEAKS = {
    "magic": Leak("a lookup of /dev/fd or /dev/tty: the right to the parent directory, in magic", "2005-07-24"),
    "script": Leak("exec of a #! script: the new argument list, in exec", "2013-10-08"),
    "execve": Leak("exec: the send right of the program file, in the task"),
    "sigexc": Leak("fork or exec: forward_sigexc of the program before, in the task"),
    "address": Leak("socket_fabricate_address, socket_name: the port of the address, in pflocal", "2008-07-22"),
    "reparent": Leak("file_reparent: the right to the new parent, in a translator", "2011-05"),
    "hook": Leak("term_open_ctty: the hook of the protid on the heap of term", "2014-05"),
    "reply": Leak("auth_user_authenticate of a process that dies meanwhile: the rights of the reply, in auth", "2009-12-20"),
    "lookup": Leak("a dir_lookup that a translator refuses: the right to the parent directory, in ext2fs"),
}


def present(chosen: str) -> frozenset[str]:
    """The leaks that a value of the setting `leaks` stands for."""
    if chosen in DATES:
        return frozenset(name for name, leak in LEAKS.items() if leak.cured > DATES[chosen])
    return frozenset({"none": (), "all": LEAKS}.get(chosen, chosen.split(",")))
