"""The project's own rules: what must be documented, and how large files and functions may be."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from zoneviz.cli import verbs
from zoneviz.scenarios import scenarios

ROOT = Path(__file__).parents[2]
PACKAGE, TESTS, TOOLS, BENCH = (sorted((ROOT / name).rglob("*.py")) for name in ("zoneviz", "tests", "tools", "bench"))
MAX_FILE, MAX_FUNCTION, MEDIAN_FILE = 400, 70, 150


def parsed(paths: list[Path]) -> Iterator[tuple[str, ast.Module]]:
    """(name relative to the checkout, syntax tree) of each file."""
    for path in paths:
        yield str(path.relative_to(ROOT)), tree(path)


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text())


def test_files_and_functions_are_short() -> None:
    long = []
    for path in PACKAGE + TESTS + TOOLS + BENCH:
        text = path.read_text()
        if len(text.splitlines()) > MAX_FILE:
            long.append(str(path.relative_to(ROOT)))
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= MAX_FUNCTION:
                long.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert long == []


def test_most_files_are_much_shorter() -> None:
    lengths = sorted(len(path.read_text().splitlines()) for path in PACKAGE)
    assert lengths[len(lengths) // 2] <= MEDIAN_FILE


def undocumented(tree: ast.Module) -> Iterator[str]:
    """Public top-level functions and classes without a docstring. A NamedTuple may be documented by its fields."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node):
            bases = [ast.unparse(base) for base in node.bases] if isinstance(node, ast.ClassDef) else []
            if "NamedTuple" not in bases:
                yield node.name


def test_modules_and_public_names_have_docstrings() -> None:
    assert [name for name, tree in parsed(PACKAGE + TOOLS + BENCH) if not ast.get_docstring(tree)] == []
    assert [f"{name}: {missing}" for name, tree in parsed(PACKAGE) for missing in undocumented(tree)] == []


def re_exported(tree: ast.Module) -> Iterator[str]:
    """Names that a module imports for others: `import x as x`, or names in `__all__` that are imported."""
    imported = set()
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            imported |= {name.asname or name.name for name in node.names}
            yield from (name.name for name in node.names if name.asname == name.name)
    for node in tree.body:
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"]:
            yield from sorted(imported & set(ast.literal_eval(node.value)))


RE_EXPORTING = {"zoneviz/mach/mach_msg.py": "users' own scenarios import the dispositions from there"}


def test_only_packages_export_what_they_import() -> None:
    modules = [path for path in PACKAGE if path.name != "__init__.py"]
    assert {name for name, tree in parsed(modules) if list(re_exported(tree))} == set(RE_EXPORTING)


ELSEWHERE = ("fuzz", "project", "whole", "gui/whole")
"""Folders of tests that belong to no single module: the checkout itself, and what several modules do together."""
SEVERAL = {
    "importers/gnumach_stream/test_rows.py": "rows of memory and of tasks, through the importer",
    "importers/test_captures.py": "every sample of a real system, through its importer",
    "importers/test_hostile.py": "mutated samples, through every importer",
    "importers/test_linux_damage.py": "damaged samples of Linux, through the importers of Linux",
}
"""Files beside the modules they test -> what they test."""


def homes(name: str) -> list[Path]:
    """Where the module or package may be that tests/`name` tests."""
    path = Path(name)
    module, root = path.stem.removeprefix("test_"), ROOT if path.parts[0] in ("tools", "bench") else ROOT / "zoneviz"
    folder = root / path.parent
    here = folder if folder.name == module else folder / module
    return [folder / f"{module}.py", folder / f"__{module}__.py", here / "__init__.py"]


def test_tests_mirror_the_package() -> None:
    names = [str(path.relative_to(ROOT / "tests")) for path in TESTS if path.name.startswith("test_")]
    mirrored = [name for name in names if not name.startswith(ELSEWHERE) and name not in SEVERAL]
    assert [name for name in mirrored if not any(path.exists() for path in homes(name))] == []
    assert set(SEVERAL) <= set(names)


def test_every_package_has_its_tests() -> None:
    packages = {path.parent.name for path in (ROOT / "zoneviz").glob("*/__init__.py") if len(list(path.parent.glob("*.py"))) > 1}
    assert packages <= {path.name for path in (ROOT / "tests").iterdir() if list(path.rglob("test_*.py"))}


def test_every_verb_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    assert [verb for verb in verbs.names() if f"`zoneviz {verb}" not in readme] == []


def test_every_scenario_is_in_the_docs() -> None:
    docs = "\n".join(path.read_text() for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    assert [name for name in scenarios() if name not in docs] == []


def test_linked_documents_exist() -> None:
    missing = []
    for document in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        linked = re.findall(r"\bdocs/[\w.-]+\.(?:md|png)\b", document.read_text())
        missing += [f"{document.name} mentions {name}" for name in linked if not (ROOT / name).exists()]
    assert missing == []


def test_every_row_of_a_table_has_as_many_cells_as_its_head() -> None:
    uneven = []
    for document in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        cells = 0
        for number, line in enumerate(document.read_text().splitlines(), 1):
            here = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
            if cells and here and here != cells:
                uneven.append(f"{document.name}:{number}")
            cells = cells if cells and here else here
    assert uneven == []


def test_the_changelog_has_an_unreleased_section() -> None:
    assert re.search(r"^## Unreleased$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)


def test_make_help_lists_every_target() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    targets = [target for target in phony[1].split() if not target.startswith("system-")]
    assert [target for target in targets if f"make {target} " not in shown] == []


def test_shell_scripts_are_executable_posix_shell() -> None:
    for script in ("setup", "setup-venv", "wheel-test"):
        path = ROOT / ".ci" / script
        assert path.stat().st_mode & 0o111, script
        subprocess.run(["sh", "-n", str(path)], check=True)


def test_pyside_6_12_is_excluded_on_python_3_11() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f">={sys.version_info[0]}." in project["requires-python"]
    pins = [d for d in project["dependencies"] if d.startswith("PySide6-Essentials")]
    assert any("<6.12" in pin and "python_version < '3.12'" in pin for pin in pins)


_SQL = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+(OR \w+ )?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|VIEW|INDEX)|PRAGMA\s+\w+)\b", re.S
)


def strings(tree: ast.Module) -> Iterator[str]:
    """The string constants and f-strings of a module, without docstrings."""
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def test_sql_is_only_in_recording() -> None:
    outside = [path for path in PACKAGE if "recording" not in path.parts]
    found = [f"{name}: {text[:60]}" for name, tree in parsed(outside) for text in strings(tree) if _SQL.search(text)]
    calls = [name for name, tree in parsed(outside) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "query"]
    assert (found, calls) == ([], [])


def test_the_window_names_no_command_of_the_terminal() -> None:
    """A reader of the window has no terminal at hand: its texts name menus and buttons."""
    inside = [path for path in PACKAGE if "gui" in path.parts]
    assert inside and [(name, t) for name, tree in parsed(inside) for t in strings(tree) if re.search(r"[“`]zoneviz \w", t)] == []


def test_tests_use_no_path_of_one_machine() -> None:
    """A literal path may exist elsewhere: tests use tmp_path."""
    literal = re.compile(r"(?:^|['\"\s])/(?:tmp|var/tmp)/\w")
    found = []
    for name, module in parsed(TESTS):
        found += [
            f"{name}, line {node.lineno}: {node.value[:40]}"
            for node in ast.walk(module)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and literal.search(node.value)
        ]
    assert found == []
