"""Call paths as the kernel keeps them: a tree of nodes. No file of gnumach's."""

from typing import cast

from zoneviz.events import CallPaths
from zoneviz.mach.tape import COMPILED


class Path:
    """A call path: `path["frame"]` is the path one frame deeper, created when first used. `id`: its number in events."""

    __slots__ = ("_deeper", "_paths", "id")

    def __init__(self, paths: CallPaths, number: int) -> None:
        self._paths = paths
        self._deeper: dict[str, Path] = {}
        self.id = number

    def __getitem__(self, frame: str) -> "Path":
        deeper = self._deeper.get(frame)
        if deeper is None:
            deeper = Path(self._paths, self._paths[self.id, frame])
            self._deeper[frame] = deeper
        return deeper


class _Interpreted(dict[str, "_Interpreted"]):
    """A Path for the interpreter: a dict's own look-up takes half the time of a method."""

    __slots__ = ("_paths", "id")

    def __init__(self, paths: CallPaths, number: int) -> None:
        super().__init__()
        self._paths = paths
        self.id = number

    def __missing__(self, frame: str) -> "_Interpreted":
        deeper = _Interpreted(self._paths, self._paths[self.id, frame])
        self[frame] = deeper
        return deeper


def empty_path(paths: CallPaths) -> Path:
    """The path without frames, from which all others are reached."""
    return Path(paths, 0) if COMPILED else cast(Path, _Interpreted(paths, 0))
