"""Names of kernel functions by address, from /proc/kallsyms, modules included."""

import re
from operator import itemgetter

import numpy as np

from zoneviz.state.rows import Ints

PATH = "/proc/kallsyms"
_FUNCTION = re.compile(r"^([0-9a-f]{16}) [tTwW] (.+)$", re.MULTILINE)
_HIDDEN = "0" * 16
_FARTHEST = 1 << 20
"""Bytes of a function, at most. What is farther behind one is of a module that was loaded later."""


class Symbols:
    """The functions of a kernel. `text`: lines of /proc/kallsyms; without privilege all its addresses are 0, and no name is known."""

    def __init__(self, text: str) -> None:
        found = [(int(address, 16), name) for address, name in _FUNCTION.findall(text) if address != _HIDDEN]
        found.sort(key=itemgetter(0))
        self._starts = np.array([address for address, _ in found], np.uint64)
        self._names = [name.replace("\t", " ") for _, name in found]
        self._known: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._names)

    def name(self, address: int) -> str:
        """The function at an address, such as "ext4_alloc_inode" or "nf_conntrack_alloc [nf_conntrack]"; else the address in hex.

        `address`: signed or unsigned.
        """
        found = self._known.get(address)
        if found is None:
            unsigned = address & ((1 << 64) - 1)
            place = int(np.searchsorted(self._starts, np.uint64(unsigned), side="right")) - 1
            near = place >= 0 and unsigned - int(self._starts[place]) < _FARTHEST
            found = self._known[address] = self._names[place] if near else f"{unsigned:#x}"
        return found


def names(symbols: Symbols, addresses: Ints) -> tuple[Ints, list[str]]:
    """The functions of n addresses: m names, each once, and the index of each address's name, (n,)."""
    distinct, index = np.unique(addresses, return_inverse=True)
    found = [symbols.name(address) for address in distinct.tolist()]
    ids = {name: i for i, name in enumerate(dict.fromkeys(found))}
    return np.array([ids[name] for name in found], np.int64)[index] if found else np.zeros(0, np.int64), list(ids)
