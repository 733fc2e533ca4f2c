"""The page of a comparison: well-formed and self-contained, for recordings of any size."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from zoneviz.app.compare import compare
from zoneviz.app.running import run
from zoneviz.exporters.comparison import html
from zoneviz.spec import RunSpec

VOID = {"meta", "line", "path", "img", "source"}


class Nesting(HTMLParser):
    """Collects the open tags and fails on one that closes another."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag in VOID or self.open.pop() == tag


@pytest.mark.parametrize("align", ["event", "time", "fill", "operation"])
def test_the_page_is_complete(tmp_path: Path, align: str) -> None:
    paths = []
    for size in ("512K", "1M"):
        paths.append(tmp_path / f"{size}.zvz")
        run(RunSpec("kernel-loop", settings=("operation=mach_port_allocate", f"zone_map_size={size}"), output=paths[-1]))
    page = html(compare(paths[0], paths[1], align))
    parser = Nesting()
    parser.feed(page)
    assert parser.open == []
    assert {"svg", "path", "table", "section", "style"} <= parser.seen and "script" not in parser.seen
    assert "A: 512K.zvz" in page and "has ended" not in page
    assert page.count("class='curve") == 2
    assert ("over seconds:" in page) == (align == "time")


def test_empty_recordings(tmp_path: Path) -> None:
    for name in "ab":
        run(RunSpec("boot", settings=("zone_map_size=64K",), output=tmp_path / f"{name}.zvz"))
    page = html(compare(tmp_path / "a.zvz", tmp_path / "b.zvz", only=["fork"]))
    assert "Neither recording has an event" in page
