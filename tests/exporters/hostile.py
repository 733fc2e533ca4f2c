"""A recording whose names are formulas, markup and terminal escapes."""

from pathlib import Path

from tests.recording import toy
from zoneviz.events import Catalog, TaskInfo, ThreadInfo, ZoneInfo
from zoneviz.recording import Header, Recorder

FORMULA = '=HYPERLINK("http://x","|y")'
MARKUP = "<script>alert(1)</script>|*bold*|`code`&amp;[l](http://x)"
TERMINAL = "\x1b[2J\x1b]0;owned\x07\u202egnp\r\nnext;line"


def catalog() -> Catalog:
    """The catalog of the toy machine with other names."""
    made = toy.catalog()
    made.zones[0] = ZoneInfo(1, FORMULA, 32, 1 << 20, 4096, "")
    made.zones[1] = ZoneInfo(2, MARKUP, 64, 1 << 20, 4096, "")
    made.zones[3] = ZoneInfo(4, TERMINAL, 128, 1 << 20, 4096, "")
    made.tasks[:] = [TaskInfo(1, MARKUP), TaskInfo(2, "@SUM(A1)")]
    made.threads[0] = ThreadInfo(1, 1, TERMINAL)
    _ = made.paths[0, TERMINAL], made.paths[0, "+1"]
    return made


def record(path: Path, count: int = 3000, header: Header | None = None) -> Path:
    """A recording of the toy machine with these names, up to a panic."""
    names = catalog()
    made = Recorder(path, names, header or Header(scenario=MARKUP, seed=1))
    for event in toy.run(count):
        made.sink(event)
    made.finish("panic", {"panic": {"text": MARKUP, "zone": FORMULA, "memory": TERMINAL}})
    return path
