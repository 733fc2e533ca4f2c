"""Call paths as the kernel keeps them: a tree of nodes. No file of gnumach's."""

from zoneviz.events import CallPaths


class Path(dict[str, "Path"]):
    """A call path: `path["frame"]` is the path one frame deeper, created when first used. `id`: its number in events."""

    __slots__ = ("_paths", "id")

    def __init__(self, paths: CallPaths, number: int = 0) -> None:
        super().__init__()
        self._paths = paths
        self.id = number

    def __missing__(self, frame: str) -> "Path":
        deeper = Path(self._paths, self._paths[self.id, frame])
        self[frame] = deeper
        return deeper
