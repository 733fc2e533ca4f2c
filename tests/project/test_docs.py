"""Generated documents are up to date, and every example runs."""

import re
import shlex
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.gui.examples.largest_zone import LargestZoneView
from tools.docs import DOCS, README, made, readme, schema_sql
from zoneviz import resources
from zoneviz.cli import verbs
from zoneviz.cli.main import command
from zoneviz.gui.pictures import shots
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.recording import Recording
from zoneviz.resources import folder, recordings

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["commands.md", "scenarios.md"])
def test_generated_docs_are_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text() == made()[name], "run `make docs`"


def test_the_readme_lists_the_commands() -> None:
    text = README.read_text()
    assert readme(text) == text, "run `make docs`"


def test_the_tour_of_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    code = re.findall(r"```python\n(.*?)```", (DOCS / "python.md").read_text(), re.DOTALL)
    exec(compile("\n".join(code), "python.md", "exec"), {"__name__": "tour"})
    out = capsys.readouterr().out
    assert len(code) >= 8 and "exhausted" in out and "huge" in out and "half of the ports' memory" in out


def test_the_example_view_is_the_one_that_is_tested() -> None:
    code = re.findall(r"```python\n(.*?)```", (DOCS / "writing-a-view.md").read_text(), re.DOTALL)
    assert code == [(ROOT / "tests/gui/examples/largest_zone.py").read_text()]


def test_the_example_view_shows_a_recording(qapp: QApplication) -> None:
    session = Session()
    view = LargestZoneView(session)
    view.resize(400, 200)
    session.show(Player(Recording(next(path for path in recordings() if path.name.startswith("fork-bomb")))))
    view.show()
    qapp.processEvents()
    assert view.label.text().startswith("ipc ports: ")
    session.select(zone="threads")
    session.frames.flush()
    assert view.label.text().startswith("threads: ")
    picture = view.grab().toImage()
    assert len({picture.pixel(x, y) for x in range(0, 400, 3) for y in range(0, 200, 3)}) > 2
    view.close()
    session.show(None)
    session.deleteLater()


def test_the_schema_file_is_up_to_date() -> None:
    assert resources.schema().read_text() == schema_sql() and "CREATE TABLE events" in schema_sql()


def test_questions_and_tour_name_existing_views_and_commands() -> None:
    text = (DOCS / "faq.md").read_text() + (DOCS / "tour.md").read_text()
    for verb in re.findall(r"`zoneviz ([a-z-]+)[ `]", text):
        assert verb in verbs.names(), verb
    for name in re.findall(r"--view ([a-z-]+)", text):
        assert shots.named(name)


@pytest.mark.parametrize(("name", "least"), [("linux.md", 12), ("watching.md", 3), ("capturing.md", 2), ("tour.md", 4)])
def test_the_commands_of_a_document_are_understood(name: str, least: int) -> None:
    found = re.findall(r"(?:^ +|`)(?:sudo )?(zoneviz [^`\n#]+)", (DOCS / name).read_text(), re.MULTILINE)
    words = [shlex.split(line) for line in found if " -" in line]
    assert len(words) >= least
    for _, verb, *args in words:
        command(verb).make_context(verb, args)  # raises a usage error, and runs nothing


def test_the_leak_to_practise_on_is_valid_and_bounded() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (DOCS / "linux.md").read_text(), re.DOTALL)
    compile(code, "forgetful.py", "exec")
    assert "while len(pairs) < most" in code


def test_the_docs_are_where_the_window_looks_for_them() -> None:
    assert (folder("docs") / "faq.md").exists()
    project = (ROOT / "pyproject.toml").read_text()
    assert 'docs = "zoneviz/_data/docs"' in project
