"""What a layout is, and where layouts are stored: the last one, and those with a name."""

import base64
import binascii
import json
from dataclasses import asdict, dataclass, fields

from PySide6.QtCore import QSettings

VERSION = 3
"""Of the stored form; another one is ignored."""
LAST, NAMED = "layout", "layouts"
"""Keys of the settings."""
MOST, LONGEST = 50, 60
"""Upper bounds: layouts with a name, characters of a name."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which views and panels are on show, where, and how large.

    `views`: titles in the deck; `out`: those outside the tabs, whose places are in `docks`. `panels`, `charts` and `docks` are Qt's
    states of the splitters and of the docks; empty bytes leave them as they are.
    """

    sidebar: bool = True
    card: bool = True
    views: tuple[str, ...] = ()
    out: tuple[str, ...] = ()
    panels: bytes = b""
    charts: bytes = b""
    docks: bytes = b""

    def as_text(self) -> str:
        """The stored form."""
        values = {name: base64.b64encode(v).decode() if isinstance(v, bytes) else v for name, v in asdict(self).items()}
        return json.dumps({"version": VERSION} | values)


def from_text(text: object) -> Layout | None:
    """The layout of a stored form; None if it is invalid or of another version."""
    try:
        found = json.loads(str(text))
        if found.pop("version") != VERSION or set(found) != {field.name for field in fields(Layout)}:
            return None
        for name in ("panels", "charts", "docks"):
            found[name] = base64.b64decode(found[name], validate=True)
        for name in ("views", "out"):
            if not isinstance(found[name], list) or not all(isinstance(title, str) for title in found[name]):
                return None
            found[name] = tuple(found[name])
        return Layout(**found) if all(isinstance(found[name], bool) for name in ("sidebar", "card")) else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, binascii.Error):
        return None


class Layouts:
    """The layouts with a name, in the user's settings."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def _all(self) -> dict[str, Layout]:
        try:
            found = json.loads(str(self._settings.value(NAMED, "{}")))
            items = [(str(name)[:LONGEST], from_text(text)) for name, text in found.items()]
        except (ValueError, AttributeError, RecursionError):
            return {}
        return {name: layout for name, layout in items[:MOST] if name and layout is not None}

    def _store(self, layouts: dict[str, Layout]) -> None:
        self._settings.setValue(NAMED, json.dumps({name: layout.as_text() for name, layout in layouts.items()}))

    def names(self) -> list[str]:
        """All names, in alphabetical order."""
        return sorted(self._all(), key=str.casefold)

    def __getitem__(self, name: str) -> Layout:
        """Errors: KeyError for an unknown name."""
        return self._all()[name]

    def save(self, name: str, layout: Layout) -> None:
        """Store a layout, in place of the one with this name. At most MOST are kept."""
        self._store(dict([*self._all().items(), (name[:LONGEST], layout)][-MOST:]))

    def rename(self, old: str, new: str) -> None:
        """Give a layout another name, in place of the one that has it."""
        kept = self._all()
        kept[new[:LONGEST]] = kept.pop(old)
        self._store(kept)

    def delete(self, name: str) -> None:
        """Remove a layout."""
        self._store({other: layout for other, layout in self._all().items() if other != name})
