"""The formats of several kernels' events, and events written as those kernels write them."""

import gzip
import struct
from collections.abc import Callable
from pathlib import Path

from tests.sources import pages
from zoneviz.events import Catalog
from zoneviz.sources.kallsyms import Symbols
from zoneviz.sources.linux_caches import Zones
from zoneviz.sources.linux_kmem import LinuxKmem
from zoneviz.sources.owners import Tasks
from zoneviz.sources.ringbuffer import Format, PageFormat, decode, parse_format, parse_page_format
from zoneviz.state.rows import Ints

DATA = Path(__file__).parent / "data"
KERNELS = ("5.4", "5.15", "6.1", "6.6")


def parts(name: str) -> list[str]:
    """The header_page and the format files that a file of tests/sources/data holds."""
    text = (DATA / name).read_text()
    text = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))
    first, *rest = text.split("name: ")
    return [first, *("name: " + part for part in rest)]


def formats(kernel: str) -> dict[str, Format]:
    """The formats of a kernel by name."""
    found = [parse_format(part) for part in parts(f"formats-{kernel}.txt")[1:]]
    return {form.name: form for form in found}


class Recorded:
    """A kernel with two processors whose events the test writes. `symbols`: lines of kallsyms."""

    def __init__(
        self,
        formats: dict[str, Format],
        proc: Path,
        symbols: str,
        *,
        partial: bool = False,
        owned: bool = False,
        keep: Callable[[str], bool] | None = None,
    ) -> None:
        self.formats, self.catalog = formats, Catalog()
        zones, tasks = Zones(self.catalog), Tasks(self.catalog, proc)
        options = {"partial": partial, "owned": owned}
        self.kmem = LinuxKmem(formats, self.catalog, Symbols(symbols), zones, tasks, sized=True, keep=keep, **options)
        self._time = 0
        self._pages: list[list[bytes]] = [[], []]
        self._lost = [0, 0]

    def event(self, name: str, /, *, cpu: int = 0, time: int = 0, **values: int | str) -> None:
        """An event at a time, else 10 ns after the one before. Fields without a value are 0."""
        form = self.formats[name]
        fixed = max(field.offset + field.size for field in form.fields.values())
        data, texts = bytearray(fixed + -fixed % 4), b""
        values["common_type"] = form.id
        for field_name, value in values.items():
            field = form.fields.get(field_name)
            if field is None:
                continue
            if isinstance(value, str) and field.dynamic:
                raw = value.encode() + b"\0"
                struct.pack_into("<I", data, field.offset, len(raw) << 16 | len(data) + len(texts))
                texts += raw
            elif isinstance(value, str):
                data[field.offset : field.offset + field.size] = value.encode().ljust(field.size, b"\0")
            else:
                data[field.offset : field.offset + field.size] = (value & (1 << 8 * field.size) - 1).to_bytes(field.size, "little")
        self.raw(bytes(data) + texts, cpu, time)

    def stack(self, *frames: int) -> None:
        """The stack of the last event, innermost frame first."""
        form = self.formats["kernel_stack"]
        head = struct.pack("<HHi", form.id, 0, 0) + struct.pack("<i", len(frames))
        body = head.ljust(form.fields["caller"].offset, b"\0") + struct.pack(f"<{len(frames)}Q", *frames)
        self.raw(body)

    def raw(self, data: bytes, cpu: int = 0, time: int = 0) -> None:
        """Any data as an event."""
        self._time = time or self._time + 10
        flags, behind = (1 << 31 | 1 << 30, struct.pack("<Q", self._lost[cpu])) if self._lost[cpu] else (0, b"")
        self._lost[cpu] = 0
        self._pages[cpu].append(pages.page(self._time, pages.event(0, data), flags=flags, behind=behind))

    def lose(self, cpu: int, count: int) -> None:
        """Events are lost before the next one of a processor."""
        self._lost[cpu] = count

    def rows(self, until: int = 1 << 62) -> Ints:
        """What was written since the last call, as a recording's events."""
        parts = [b"".join(written) for written in self._pages]
        self._pages = [[], []]
        return self.kmem.rows(decode(parts, pages.LAYOUT), until)


def captured() -> tuple[list[bytes], PageFormat, dict[str, Format], Symbols]:
    """Pages of the two processors of a real machine, Linux 6.18, with the layout and formats to read them and the names of its functions.

    64 KiB of buffer each while a shell ran `find /usr/share/doc -maxdepth 1` on one and `/bin/true` six times on the other; only these
    processes were traced, kmallocs with stacks. The buffer was read after the end, when it had lost its beginning.
    """
    text = parts("formats-6.18.txt")
    forms = {form.name: form for form in map(parse_format, text[1:])}
    pages = [gzip.decompress((DATA / f"cpu{number}-6.18.pages.gz").read_bytes()) for number in (0, 1)]
    return pages, parse_page_format(text[0]), forms, Symbols((DATA / "kallsyms-6.18.txt").read_text())
