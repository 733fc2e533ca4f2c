"""The parser: every verb is found and has help, and wrong usage says what to do."""

import inspect
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import zoneviz
from zoneviz import __version__
from zoneviz.cli import main as cli
from zoneviz.cli import verbs


@pytest.mark.parametrize("verb", verbs.names())
def test_every_verb_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([verb, "--help"]) == 0
    out = capsys.readouterr().out
    assert f"Usage: zoneviz {verb}" in out and "--help" in out


def test_the_help_lists_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    out = capsys.readouterr().out
    assert all(text in out for text in (*(f"\n  {name} " for name in verbs.names()), *(f"\n{group}:\n" for group in verbs.GROUPS)))


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"zoneviz {__version__}\n"


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["nothing"], "'nothing' is neither a command nor a file; see `zoneviz --help`.\n"),
        (["inf"], "'inf' is neither a command nor a file; use `zoneviz info`, or see `zoneviz --help`.\n"),
        (["info"], "Missing argument 'FILE'. See `zoneviz info --help`.\n"),
        (["export", "a.zvz"], "Missing option '--to'. See `zoneviz export --help`.\n"),
        (["export", "a.zvz", "-o"], "Option '-o' requires an argument. See `zoneviz --help`.\n"),
        (["window", "--sed"], "See `zoneviz window --help`.\n"),
    ],
)
def test_wrong_usage_says_what_to_do(args: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(args) == 2
    assert capsys.readouterr().err.endswith(sentence)


@pytest.mark.parametrize("name", verbs.names())
def test_the_outline_of_a_verb_is_that_of_its_function(name: str) -> None:
    verb, outline = verbs.find(name), verbs.outline(name)
    assert (outline.group, outline.help) == (verb.group, inspect.getdoc(verb.function)) and verb.group in verbs.GROUPS


def test_a_file_adds_a_verb(tmp_path: Path) -> None:
    """In a copy of the package: help, usage errors and the verb itself come from the one new file."""
    shutil.copytree(Path(zoneviz.__file__).parent, tmp_path / "zoneviz", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "zoneviz/cli/verbs/say_hello.py").write_text(
        "from zoneviz.cli.verbs import Verb\n\n\n"
        "def say_hello(name: str) -> None:\n    '''Greet somebody.'''\n    print(f'Hello {name}.')\n\n\n"
        "VERB = Verb(say_hello, 'Run')\n"
    )

    def zoneviz_(*args: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run([sys.executable, "-m", "zoneviz", *args], cwd=tmp_path, capture_output=True, text=True, timeout=60)

    assert zoneviz_("say-hello", "Bob").stdout == "Hello Bob.\n"
    assert "  say-hello  Greet somebody.\n" in zoneviz_("--help").stdout
    wrong = zoneviz_("say-hello")
    assert wrong.returncode == 2 and wrong.stderr.count("\n") == 1
    code = "from zoneviz.cli.manual import commands, readme_table; print(readme_table(commands()))"
    table = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert "| `zoneviz say-hello NAME` | Greet somebody |" in table.stdout, table.stderr
