"""`zoneviz compare` and `zoneviz run --against`."""

import json
import os
import re
from pathlib import Path

import pytest

from zoneviz.app.captures import import_text
from zoneviz.app.info import info
from zoneviz.app.parts import cut, pack
from zoneviz.app.running import run
from zoneviz.cli import main as cli
from zoneviz.cli.verbs import compare as verb
from zoneviz.events import Catalog, TaskInfo
from zoneviz.recording import Header, Recorder
from zoneviz.spec import RunSpec


@pytest.fixture(scope="module")
def loop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli") / "loop.zvz"
    run(RunSpec("kernel-loop", "upstream-2005", ("operation=mach_port_allocate", "zone_map_size=512K"), 7, path))
    return path


def test_a_variant_is_run_and_compared(loop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "b.zvz"
    args = ["run", "kernel-loop", "--set", "zone_map_size=1M", "--against", str(loop), "-o", str(other)]
    assert cli.main([*args, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["files"] == [str(loop), str(other)] and found["align"] == "event" and "curves" not in found
    assert found["divergence"]["kind"] == "event" and found["prefix"] > 1000
    header = info(other)
    assert (header["seed"], header["profile"], header["parameters"]["operation"]) == (7, "upstream-2005", "mach_port_allocate")
    assert header["parameters"]["zone_map_size"] == 1 << 20
    assert cli.main([*args, "--force", "--seed", "8"]) == 0
    out = capsys.readouterr().out
    assert "The first difference in what happened" in out and "finds no room" in out and "By zone" in out
    assert info(other)["seed"] == 8


def test_wrong_variants(loop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", "boot", "--against", str(loop), "-o", str(tmp_path / "b.zvz")]) == 2
    assert "is a run of kernel-loop, not of boot. Name a recording of boot" in capsys.readouterr().err
    assert cli.main(["run", "kernel-loop", "--against", str(loop), "--no-record"]) == 2
    assert cli.main(["run", "boot", "--against", str(tmp_path / "none.zvz")]) == 1
    assert not (tmp_path / "b.zvz").exists()


def test_a_recording_is_equal_to_itself(loop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "c.html"
    assert cli.main(["compare", str(loop), str(loop), "--align", "fill", "--only", "zalloc, zfree", "-o", str(page)]) == 0
    out = capsys.readouterr()
    assert "The same: all" in out.out and "By call path, " in out.out and "no difference" in out.out
    assert str(page) in out.err
    html = page.read_text()
    assert html.startswith("<!doctype html>") and "<svg" in html and "prefers-color-scheme:dark" in html
    assert not re.search(r"(?:src|href)=|https?:|@import", html), "nothing comes from elsewhere"
    assert cli.main(["compare", str(loop), str(loop), "-o", str(page)]) == 2
    assert "--force" in capsys.readouterr().err


def test_a_page_is_written_completely_or_not_at_all(
    loop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "c.html"
    page.write_text("mine")

    def fails(error: BaseException) -> None:
        def html(comparison: object) -> str:
            raise error

        monkeypatch.setattr(verb, "html", html)

    fails(OSError(28, "No space left on device"))
    assert cli.main(["compare", str(loop), str(loop), "--force", "-o", str(page)]) == 1
    assert "c.html cannot be written: No space left on device." in capsys.readouterr().err
    fails(KeyboardInterrupt())
    assert cli.main(["compare", str(loop), str(loop), "--force", "-o", str(page)]) == 130
    assert page.read_text() == "mine" and os.listdir(tmp_path) == ["c.html"]
    monkeypatch.undo()
    assert cli.main(["compare", str(loop), str(tmp_path / "none.zvz"), "--force", "-o", str(page)]) == 1
    assert page.read_text() == "mine" and os.listdir(tmp_path) == ["c.html"]
    assert cli.main(["compare", str(loop), str(loop), "--force", "-o", str(page)]) == 0
    assert page.read_text().startswith("<!doctype html>") and os.listdir(tmp_path) == ["c.html"]


def test_a_page_on_standard_output_is_the_only_output(loop: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert cli.main(["compare", str(loop), str(loop), "-o", "-"]) == 0
    out = capfdbinary.readouterr().out
    assert out.startswith(b"<!doctype html>") and out.endswith(b"</html>\n")
    assert cli.main(["compare", str(loop), str(loop), "--json", "-o", "-"]) == 2


def test_names_in_a_recording_are_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    catalog = Catalog()
    evil = "<script>alert(1)</script>\x1b[2J"
    catalog.tasks.append(TaskInfo(1, evil))
    catalog.names.intern(evil)
    _ = catalog.paths[0, evil]
    for name, kind in (("a", 97), ("b", 96)):
        recorder = Recorder(tmp_path / f"{name}.zvz", catalog, Header())
        recorder.sink((kind, 0, 1, 1, 1, 1, 0, 0, 0))
        recorder.finish("panic", {"panic": {"text": evil, "zone": evil, "memory": evil}})
    page = tmp_path / "c.html"
    assert cli.main(["compare", str(tmp_path / "a.zvz"), str(tmp_path / "b.zvz"), "-o", str(page)]) == 0
    assert "\x1b" not in capsys.readouterr().out
    assert "<script" not in page.read_text() and "&lt;script&gt;" in page.read_text()


def test_a_packed_excerpt_is_compared_with_the_whole(loop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    part, packed = tmp_path / "part.zvz", tmp_path / "part.zvz.zst"
    cut(loop, "1000", "end", part)
    pack(part, packed)
    for align in ("event", "fill", "operation"):
        assert cli.main(["compare", str(loop), str(packed), "--align", align, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["hunks"] == [] and found["prefix"] == found["lengths"][0] == found["lengths"][1] > 1000
        assert not any(figure["bytes"][0] != figure["bytes"][1] for figure in found["tables"][-1]["zones"])
    assert cli.main(["compare", str(packed), str(part)]) == 0
    assert "The same: all" in capsys.readouterr().out


def test_wrong_usage(loop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compare", str(loop), str(loop), "--align", "moon"]) == 2
    assert cli.main(["compare", str(loop), str(loop), "--only", "malloc"]) == 2
    assert cli.main(["compare", str(loop)]) == 2
    assert cli.main(["compare", str(loop), "/nowhere.zvz"]) == 1
    assert cli.main(["compare", str(loop), str(loop), "-o", "/nowhere/c.html"]) == 2


def test_listings_are_compared_by_action(tmp_path: Path, loop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = []
    for number, elements in enumerate((10, 2010, 2012)):
        import_text(f"time,zone,elements\n5,leaky,{elements}\n", tmp_path / f"{number}.zvz")
        files.append(str(tmp_path / f"{number}.zvz"))
    assert cli.main(["compare", *files[:2], "--actions", "1000", "--noise", files[2]]) == 0
    said = capsys.readouterr().out
    assert said.startswith("+2 elements of leaky an action (+1,998 in 1,000 actions; +2 without the action).")
    assert cli.main(["compare", *files[:2], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["zones"][0]["more"] == 2000
    assert cli.main(["compare", files[0], str(loop), "--actions", "5"]) == 2
    assert "has no readings" in capsys.readouterr().err


def test_listings_are_compared_as_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = []
    for number, elements in enumerate((10, 2010)):
        import_text(f"time,zone,elements\n5,leaky <b>,{elements}\n5,quiet,7\n", tmp_path / f"{number}.zvz")
        files.append(str(tmp_path / f"{number}.zvz"))
    page = tmp_path / "page.html"
    assert cli.main(["compare", *files, "--actions", "1000", "-o", str(page)]) == 0
    assert capsys.readouterr().out.startswith("+2 elements of leaky <b> an action")
    written = page.read_text()
    assert "<p>+2 elements of leaky &lt;b&gt; an action (+2,000 in 1,000 actions).</p>" in written
    assert "<tr><td>leaky &lt;b&gt;</td><td>10</td><td>2,010</td><td>+2,000</td><td>+2</td>" in written and "quiet" not in written
    assert cli.main(["compare", *files, "-o", files[0], "--force"]) != 0
