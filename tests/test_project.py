"""The project's own rules: what must be written down, and how large things may be."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from zoneviz.cli.main import VERBS
from zoneviz.scenarios import scenarios

ROOT = Path(__file__).parent.parent
PACKAGE = sorted((ROOT / "zoneviz").rglob("*.py"))
SOURCES = PACKAGE + sorted((ROOT / "tests").rglob("*.py"))
MAX_FILE, MAX_FUNCTION, MEDIAN_FILE = 400, 70, 150


def names(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_files_and_functions_are_short(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= MAX_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < MAX_FUNCTION, f"{node.name} is too long"


def test_most_files_are_much_shorter() -> None:
    lengths = sorted(len(path.read_text().splitlines()) for path in PACKAGE)
    assert lengths[len(lengths) // 2] <= MEDIAN_FILE


@pytest.mark.parametrize("path", PACKAGE, ids=names)
def test_every_file_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))


def undocumented(tree: ast.Module) -> Iterator[str]:
    """Public functions and classes at the top of a file without a docstring. A NamedTuple's fields can speak for it."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node):
            bases = [ast.unparse(base) for base in node.bases] if isinstance(node, ast.ClassDef) else []
            if "NamedTuple" not in bases:
                yield node.name


@pytest.mark.parametrize("path", PACKAGE, ids=names)
def test_what_is_public_says_its_contract(path: Path) -> None:
    assert list(undocumented(ast.parse(path.read_text()))) == []


def test_every_package_has_its_tests() -> None:
    packages = {path.parent.name for path in (ROOT / "zoneviz").glob("*/__init__.py") if len(list(path.parent.glob("*.py"))) > 1}
    assert packages <= {path.name for path in (ROOT / "tests").iterdir() if list(path.glob("test_*.py"))}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_stands_in_the_readme(verb: str) -> None:
    assert f"`zoneviz {verb}" in (ROOT / "README.md").read_text()


def test_every_scenario_stands_in_the_docs() -> None:
    docs = "\n".join(path.read_text() for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    assert [name for name in scenarios() if name not in docs] == []


def test_documents_that_are_linked_exist() -> None:
    for document in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for name in re.findall(r"\bdocs/[\w.-]+\.(?:md|png)\b", document.read_text()):
            assert (ROOT / name).exists(), f"{document.name} speaks of {name}"


def test_the_changelog_has_room_for_what_comes_next() -> None:
    assert re.search(r"^## Unreleased$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)


def test_make_help_lists_every_target() -> None:
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    for target in phony[1].split():
        assert target.startswith("system-") or f"make {target} " in told, target


@pytest.mark.parametrize("script", ["setup", "setup-venv", "wheel-test"])
def test_shell_scripts_are_posix(script: str) -> None:
    path = ROOT / ".ci" / script
    assert path.stat().st_mode & 0o111
    subprocess.run(["sh", "-n", str(path)], check=True)


def test_dependencies_stand_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f">={sys.version_info[0]}." in project["requires-python"]
    pins = [d for d in project["dependencies"] if d.startswith("PySide6-Essentials")]
    assert any("<6.12" in pin and "python_version < '3.12'" in pin for pin in pins)
