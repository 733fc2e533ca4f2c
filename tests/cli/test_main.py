"""The parser: every verb is found, has help, and is loaded only when it is used."""

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
    assert all(f" {name} " in out for name in (*verbs.names(), *verbs.GROUPS))


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"zoneviz {__version__}\n"


def test_an_unknown_word_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["nothing"]) == 2
    assert "nothing" in capsys.readouterr().err


def test_the_version_loads_no_verb_and_no_numpy() -> None:
    code = "import sys; from zoneviz.cli.main import main; main(['--version']); print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "typer" in modules
    assert not {name for name in modules if name.startswith("zoneviz.cli.verbs.")} | {"numpy", "sqlite3"} & set(modules)


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
    wrong = zoneviz_("say-hello")
    assert wrong.returncode == 2 and wrong.stderr.count("\n") == 1
    code = "from zoneviz.cli.manual import commands, readme_table; print(readme_table(commands()))"
    table = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert "| `zoneviz say-hello NAME` | Greet somebody |" in table.stdout, table.stderr
