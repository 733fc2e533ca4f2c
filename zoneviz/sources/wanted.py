"""Which allocations to record: a filter for the kernel as far as it can, and one for the decoded events as to the rest.

Frees are not filtered: an element may be freed by another process, and a kfree does not say what it frees.
Source: Documentation/trace/events.rst, "Event filtering".
"""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from zoneviz.errors import UsageError
from zoneviz.sources.linux_caches import INFERRED, Caches
from zoneviz.sources.linux_slab import CGROUPS
from zoneviz.sources.owners import COMMAND_LENGTH
from zoneviz.sources.ringbuffer import Format

ALLOCATING = ("kmalloc", "kmalloc_node", "kmem_cache_alloc", "kmem_cache_alloc_node")
_LARGEST = 8192
"""Bytes of the largest kmalloc cache with 4 KiB pages; larger ones are of the zone LARGE."""
_LONGEST = 3000
"""Characters of a filter; the kernel takes a page at most."""
_LARGE = "kmalloc-large"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Everything, or: `only`: patterns of cache names; `min_size`: bytes of an allocation; `pid`: this process and its children;
    `command`: processes of this name; `cgroup`: the processes that are in this control group now, and their children."""

    only: tuple[str, ...] = ()
    min_size: int = 0
    pid: int | None = None
    command: str = ""
    cgroup: str = ""

    @property
    def partial(self) -> bool:
        """Whether something is left out."""
        return bool(self.only or self.min_size or self.owned)

    @property
    def owned(self) -> bool:
        """Whether only processes are recorded, and no interrupts."""
        return bool(self.pid is not None or self.command or self.cgroup)

    def check(self, caches: Caches) -> None:
        """Errors: UsageError if a pattern is invalid or no cache of the machine has such a name, or a command is."""
        for pattern in self.only:
            if re.search(r"[\"\\]", pattern):
                raise UsageError(f"'{pattern}' is not a pattern of cache names: leave out quotes and backslashes.")
            if caches.sizes and not self._names(caches, [pattern]):
                raise UsageError(f"No cache of this machine matches '{pattern}'. `cat /proc/slabinfo` lists them.")
        if re.search(r"[\"\\]", self.command):
            raise UsageError(f"'{self.command}' is not a command: leave out quotes and backslashes.")

    def keep(self, caches: Caches, zone: str) -> bool:
        """Whether to record allocations from a zone of this name. One whose cache is inferred may be wanted."""
        if not self.only or zone in self._names(caches, self.only) or any(fnmatchcase(zone, pattern) for pattern in self.only):
            return True
        return zone.endswith(INFERRED)

    def filters(self, formats: Mapping[str, Format], caches: Caches) -> dict[str, str]:
        """The kernel's filter of each allocating event that has one, by "kmem/EVENT"."""
        found = {}
        for name in ALLOCATING:
            if name in formats:
                named = "name" in formats[name].fields
                terms = [self._by_name(caches) if named else self._by_size(caches, kmalloc=name.startswith("kmalloc"))]
                terms.append(f"bytes_alloc >= {self.min_size}" if self.min_size else "")
                terms.append(f'comm ~ "{self.command[:COMMAND_LENGTH]}"' if self.command else "")
                found[f"kmem/{name}"] = " && ".join(term for term in terms if term)
        return {name: text for name, text in found.items() if text}

    def threads(self, proc: Path = Path("/proc")) -> list[int] | None:
        """The threads to trace, and with them what they start; None for all. Errors: UsageError if there is no such process or cgroup."""
        if self.pid is not None:
            try:
                return sorted(int(folder.name) for folder in (proc / str(self.pid) / "task").iterdir())
            except OSError:
                raise UsageError(f"There is no process {self.pid}. `ps` lists them.") from None
        if not self.cgroup:
            return None
        folder = self._folder()
        found: set[int] = set()
        for name in ("cgroup.threads", "tasks", "cgroup.procs"):
            for file in folder.rglob(name):
                with suppress(OSError):  # a threaded group refuses cgroup.procs, others may vanish
                    found |= {int(line) for line in file.read_text().split()}
        if not found:
            raise UsageError(f"The control group {self.cgroup} has no process.")
        return sorted(found)

    def _folder(self) -> Path:
        """The folder of the control group: a path below /sys/fs/cgroup, or below one of its hierarchies of version 1."""
        relative = self.cgroup.removeprefix(f"{CGROUPS}/").lstrip("/")
        for root in (CGROUPS, *sorted(CGROUPS.glob("*/"))):
            if (root / relative / "cgroup.procs").is_file():
                return root / relative
        raise UsageError(f"The control group {self.cgroup!r} does not exist below {CGROUPS}. `systemd-cgls` lists them.")

    def _names(self, caches: Caches, patterns: Iterable[str]) -> set[str]:
        """The caches of the machine that match, each by the name that the kernel reports."""
        known = {**{name: name for name in (*caches.sizes, _LARGE)}, **caches.aliases}
        return {known[name] for name in known if any(fnmatchcase(name, pattern) for pattern in patterns)}

    def _by_name(self, caches: Caches) -> str:
        names = sorted(name for name in self._names(caches, self.only) if not any(fnmatchcase(name, pattern) for pattern in self.only))
        terms = [f'name ~ "{pattern}"' for pattern in self.only] + [f'name == "{name}"' for name in names]
        return _any(terms)

    def _by_size(self, caches: Caches, *, kmalloc: bool) -> str:
        """A term for the sizes of the wanted caches, all of them kmalloc's or none."""
        if not self.only or not caches.sizes:
            return ""
        names = {name for name in self._names(caches, self.only) if caches.of_kmalloc(name) == kmalloc}
        terms = [f"bytes_alloc == {size}" for size in sorted({caches.sizes[name] for name in names if name in caches.sizes})]
        terms += [f"bytes_alloc > {_LARGEST}"] if _LARGE in names else []
        return _any(terms) if terms else "bytes_alloc == 0"


def _any(terms: list[str]) -> str:
    text = " || ".join(terms)
    return "" if len(text) > _LONGEST else f"({text})" if len(terms) > 1 else text
