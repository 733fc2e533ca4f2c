"""No circle of imports in a package, counting imports in functions and those for type checking only."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = sorted(path.parent.name for path in (ROOT / "zoneviz").glob("*/__init__.py") if path.parent.name != "mach")
"""All but mach: the files of gnumach call each other in circles, and so do those that model them."""


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(tree: ast.Module, modules: set[str]) -> Iterator[str]:
    """Modules that a file imports anywhere in its text: at the top, in a function, under `if TYPE_CHECKING`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                if full in modules:
                    yield full
                elif node.module in modules:
                    yield node.module


def circle(graph: dict[str, list[str]]) -> list[str]:
    """The modules of one circle, in order, the first repeated at the end; empty if the imports have no circle."""
    done: set[str] = set()

    def visit(module: str, trail: list[str]) -> list[str]:
        if module in trail:
            return [*trail[trail.index(module) :], module]
        if module in done:
            return []
        found = next((found for other in graph[module] if (found := visit(other, [*trail, module]))), [])
        done.add(module)
        return found

    return next((found for module in graph if (found := visit(module, []))), [])


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_make_no_circle(package: str) -> None:
    paths = {module_name(path): path for path in sorted((ROOT / "zoneviz" / package).rglob("*.py"))}
    assert circle({name: [*imported(ast.parse(path.read_text()), set(paths))] for name, path in paths.items()}) == []


def test_a_circle_is_found() -> None:
    assert circle({"a": ["b"], "b": ["c", "d"], "c": [], "d": ["a"]}) == ["a", "b", "d", "a"]
    assert circle({"a": ["b", "c"], "b": ["c"], "c": []}) == []


CIRCLES_OF_MACH = [["ipc_kmsg", "ipc_port"], ["pmap", "vm_kern", "vm_object", "zalloc"], ["task", "thread"]]
"""Where gnumach's files call each other, too: zoneviz/mach/__init__.py."""


def at_run_time(path: Path) -> ast.Module:
    """A file without what is imported for type checking only: in mach that is mostly the class Kernel."""
    tree = ast.parse(path.read_text())
    tree.body = [node for node in tree.body if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")]
    return tree


def reached(graph: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    todo = [start]
    while todo:
        new = graph[todo.pop()] - found
        found |= new
        todo += new
    return found


def test_mach_has_the_circles_of_gnumach_only() -> None:
    paths = {module_name(path): path for path in sorted((ROOT / "zoneviz" / "mach").glob("*.py"))}
    graph = {name: set(imported(at_run_time(path), set(paths))) for name, path in paths.items()}
    found = {name: reached(graph, name) for name in graph}
    circles = {tuple(sorted(other for other in found[name] if name in found[other])) for name in graph if name in found[name]}
    assert sorted([name.rsplit(".", 1)[1] for name in circle] for circle in circles) == CIRCLES_OF_MACH
