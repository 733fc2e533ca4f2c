"""Where a compiled kernel writes its events, and whether this one is compiled. No file of gnumach's.

mypyc compiles the modules of this package and zoneviz.events; everything else calls them as if they were not compiled.
"""

from typing import TYPE_CHECKING, Final

from zoneviz.events import WIDTH, Event

if TYPE_CHECKING:
    # The compiler replaces these by C; an interpreted kernel makes no tape.
    from librt.strings import BytesWriter, write_i64_le

COMPILED: Final = not __file__.endswith(".py")


class Tape:
    """A sink that packs events at once, as little-endian int64: a compiled kernel then makes no Python object for an event."""

    def __init__(self) -> None:
        self._out = BytesWriter()

    def write(self, event: Event) -> None:
        """Append an event."""
        kind, time, task, thread, path, subject, address, size, extra = event
        out = self._out
        write_i64_le(out, kind)
        write_i64_le(out, time)
        write_i64_le(out, task)
        write_i64_le(out, thread)
        write_i64_le(out, path)
        write_i64_le(out, subject)
        write_i64_le(out, address)
        write_i64_le(out, size)
        write_i64_le(out, extra)

    def __call__(self, event: Event) -> None:
        """The same for callers that know only `events.Sink`."""
        self.write(event)

    def __len__(self) -> int:
        """Number of events on the tape."""
        return len(self._out) // (8 * WIDTH)

    def packed(self) -> bytes:
        """The events, 72 bytes each."""
        return self._out.getvalue()

    def clear(self) -> None:
        """Remove all events."""
        self._out = BytesWriter()
