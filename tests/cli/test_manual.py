"""The man page, docs/commands.md and the completion scripts."""

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from zoneviz.cli import verbs
from zoneviz.cli.manual import Command, Option, commands, completions, manual, markdown, readme_table


def test_every_verb_and_option_is_in_each() -> None:
    found = commands()
    assert {command.name for command in found} == set(verbs.names())
    page, roff, table = markdown(found), manual(found, date(2026, 1, 2)), readme_table(found)
    for command in found:
        assert f"## zoneviz {command.name}\n" in page and command.help and f"`zoneviz {command.name}" in table
        for option in command.options:
            assert option.help and option.names
            for name in option.names:
                assert name.replace("|", "\\|") in page and name.replace("-", "\\-") in roff
    assert '"2026-01-02"' in roff


def test_usage_names_what_is_required() -> None:
    usages = {command.name: command.usage for command in commands()}
    assert usages["export"] == "zoneviz export FILE --to FORMAT -o OUT"
    assert usages["window"] == "zoneviz window [FILE...]" and usages["scenarios"] == "zoneviz scenarios"


def test_roff_commands_in_a_help_are_text() -> None:
    nasty = Command("x", "Run", [".so /etc/passwd", "a\\b 'c'"], [Option(("--y",), "V", "it's [a] 'b': $(c) \\", "", False, False)])
    page = manual([nasty], date(2026, 1, 1))
    assert "\n.so" not in page and "a\\eb" in page


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_scripts_are_valid(shell: str) -> None:
    text = completions()[shell]
    assert verbs.COMPLETING in text
    if shutil.which(shell):
        done = subprocess.run([shell, "-n"], input=text, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("zoneviz ver", ["verify"]),
        ("zoneviz export --vi", ["--view"]),
        ("zoneviz run fork-b", ["fork-bomb"]),
        ("zoneviz --live x --prof", ["--profile"]),
        ("zoneviz export a.zvz --to perf", ["perfetto"]),
    ],
)
def test_bash_completes(line: str, expected: list[str], tmp_path: Path) -> None:
    """As bash would: the script calls the program, which answers without opening a window."""
    if not shutil.which("bash"):
        pytest.skip("bash is missing")
    program = tmp_path / "zoneviz"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m zoneviz "$@"\n')
    program.chmod(0o755)
    words = line.split()
    ask = f"\nCOMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _zoneviz_completion {program}; echo ${{COMPREPLY[*]}}"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(["bash"], input=completions()["bash"] + ask, capture_output=True, text=True, env=environment, timeout=60)
    assert done.stdout.split() == expected, done.stderr
