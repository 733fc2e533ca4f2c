"""Every command that zoneviz prints is one that it understands: each is read by the command line's own parser."""

import ast
import importlib.util
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from zoneviz.app import same_end
from zoneviz.app.howto import SYSTEMS, howto
from zoneviz.app.spec import command as of_header
from zoneviz.cli import verbs
from zoneviz.cli.main import command
from zoneviz.mach.profile import DEFAULT_PROFILE
from zoneviz.recording import Header
from zoneviz.scenarios import scenarios
from zoneviz.spec import RunSpec

ROOT = Path(__file__).parents[2]
QUOTED = re.compile(r"[`“](?:sudo )?(zoneviz(?: [^`”]*)?)[`”]")
LINE = re.compile(r"^(?: {4,}|\$ )(?:sudo )?(zoneviz(?: .*)?)$", re.MULTILINE)
PLAIN = re.compile(r"[Rr]un it with: (zoneviz .*)$")
PLACES = ("X", "FILE", "FILE...")
"""Stand for a file or a word that is filled in."""
SHELL = ("|", ">", "<", "&&", ";")
"""Where the shell takes over."""
OPTIONAL = re.compile(r"\[[^\]]*\]")
FENCED = re.compile(r"^( *)```\w*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
MODULE = re.compile(r"\bpython3? -m ([\w.]+)")
REFUSED = (AssertionError, typer.BadParameter.__mro__[1])
"""What `check` raises: its own, or the parser's UsageError, which is in another module in each version of typer."""
PAGES = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "recordings" / "README.md"])


def texts(path: Path) -> Iterator[str]:
    """The string literals of a source file; X stands for what is filled in."""
    tree = ast.parse(path.read_text())
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.value


def printed(text: str) -> list[str]:
    """The commands in a text."""
    joined = re.sub(r"\\\n\s*", " ", text)
    return [found.split("  #")[0] for pattern in (QUOTED, LINE, PLAIN) for found in pattern.findall(joined)]


def is_file(word: str) -> bool:
    """Whether a word is the name of a file, or a pattern of names: the window opens it."""
    return word not in verbs.names() and bool(re.search(r"[./*]", word))


def check(line: str) -> None:
    """Parse a command as the command line does, without running it. Errors: whatever the parser says."""
    words = shlex.split(line.replace("{seeds}", "1"))
    words = words[: next((at for at, word in enumerate(words) if word in SHELL), None)]
    assert words[0] == "zoneviz"
    args = verbs.routed(words[1:])
    if not args or args[0] in PLACES or is_file(args[0]) or "--help" in args or args == ["--version"]:
        return
    assert args[0] in verbs.names(), line
    if len(args) > 1 and not (args[-1].startswith("--") and len(args) == 2):  # otherwise a verb or an option is only named
        command(args[0]).make_context(args[0], args[1:])


SOURCES = sorted((ROOT / "zoneviz").rglob("*.py"))


def test_every_command_in_a_message() -> None:
    found = {line for path in SOURCES for text in texts(path) for line in printed(text)}
    assert len(found) > 15
    for line in sorted(found):
        check(line)


@pytest.mark.parametrize("system", SYSTEMS)
def test_howto_prints_commands_that_work(system: str) -> None:
    lines = printed(howto(system))
    assert lines
    for line in lines:
        check(line)


@pytest.mark.parametrize("name", scenarios())
def test_reproduce_prints_the_command_of_each_scenario(name: str) -> None:
    defaults = scenarios()[name].parse({})
    awkward = {key: "a 'b' $c" for key, value in defaults.items() if scenarios()[name].steps == key and isinstance(value, str)}
    header = Header(scenario=name, profile=DEFAULT_PROFILE, parameters={**defaults, **awkward, "zone_map_size": 1 << 20}, seed=3)
    line = of_header(header).replace("\\\n", " ")
    check(line)
    words = shlex.split(line)
    assert words[words.index("--seed") + 1] == "3" and all(f"{key}={value}" in words for key, value in awkward.items())


def test_a_scenario_that_ends_in_the_same_way() -> None:
    for zone in same_end.SCENARIOS:
        for line in printed(same_end._scenario(zone, 12.5).sentence):
            check(line)
            words = shlex.split(line)
            RunSpec(words[2], settings=[words[i + 1] for i, word in enumerate(words) if word == "--set"]).resolve()


def of_page(path: Path) -> list[str]:
    """The commands of a page, in blocks and in sentences, without what is optional in a synopsis."""
    text = path.read_text()
    text = FENCED.sub(lambda block: re.sub("^", "    ", block[2], flags=re.MULTILINE), text)
    return [OPTIONAL.sub("", line) for line in printed(text)]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_command_in_the_documents(path: Path) -> None:
    for line in of_page(path):
        check(line)
    for module in MODULE.findall(path.read_text()):
        assert importlib.util.find_spec(module) is not None, module


def test_wrong_commands_in_a_document_are_found(tmp_path: Path) -> None:
    assert sum(len(of_page(path)) for path in PAGES) > 100
    page = tmp_path / "page.md"
    for wrong in ("zoneviz info a.zvz --colour", "zoneviz nothing a.zvz", "zoneviz find a.zvz --when 'a > 2' --colour | less"):
        for text in (f"Text:\n\n    {wrong}\n", f"```sh\n{wrong}\n```\n", f"Try `{wrong}`.\n"):
            page.write_text(text)
            assert of_page(page) == [wrong]
            with pytest.raises(REFUSED):
                check(wrong)
