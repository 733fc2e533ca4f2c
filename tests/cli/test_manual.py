"""The manual, the completions and the verbs that write them."""

import json
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from zoneviz.cli import main as cli
from zoneviz.cli.manual import Command, Option, commands, completions, manual, markdown


def test_every_verb_and_option_stands_in_each() -> None:
    found = commands(cli.app)
    assert tuple(command.name for command in found) == cli.VERBS
    page, roff, shells = markdown(found), manual(found, date(2026, 1, 2)), completions(found)
    for command in found:
        assert f"## zoneviz {command.name}\n" in page and command.help
        for option in command.options:
            assert option.help and option.names
            for name in option.names:
                assert name.replace("|", "\\|") in page and name.replace("-", "\\-") in roff
            if option.names[-1].startswith("--"):
                assert option.names[-1] in shells["bash"] and option.names[-1] in shells["zsh"]
    assert '"2026-01-02"' in roff


def test_what_roff_and_shells_would_take_for_their_own() -> None:
    nasty = Command("x", [".so /etc/passwd", "a\\b 'c'"], [Option(("--y",), "V", "it's [a] 'b': $(c) \\", "", False, False)])
    assert "\n.so" not in manual([nasty], date(2026, 1, 1)) and "a\\eb" in manual([nasty], date(2026, 1, 1))
    for shell, text in completions([nasty]).items():
        if shutil.which(shell):
            done = subprocess.run([shell, "-n"], input=text, capture_output=True, text=True)
            assert done.returncode == 0, (shell, done.stderr)


def test_completion_completes() -> None:
    if not shutil.which("bash"):
        pytest.skip("bash is not there")
    text = completions(commands(cli.app))["bash"]
    ask = "\nCOMP_WORDS=(zoneviz {0}); COMP_CWORD={1}; _zoneviz; echo ${{COMPREPLY[*]}}"
    for words, place, wanted in (("ver", 1, "verify"), ("export --vi", 2, "--view")):
        done = subprocess.run(["bash"], input=text + ask.format(words, place), capture_output=True, text=True)
        assert done.stdout.split() == [wanted], done.stderr


def test_the_verbs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["install-desktop", "--into", str(tmp_path), "--json"]) == 0
    files = json.loads(capsys.readouterr().out)
    assert all(Path(file).is_file() for file in files) and (tmp_path / "man/man1/zoneviz.1").read_text().startswith(".TH ZONEVIZ 1")
    assert cli.main(["install-desktop", "--into", str(tmp_path), "--remove"]) == 0
    assert capsys.readouterr().out.count("removed ") == len(files)
    (tmp_path / "f").write_text("")
    assert cli.main(["install-desktop", "--into", str(tmp_path / "f")]) in (1, 2)
    assert capsys.readouterr().err.count("\n") == 1
    assert cli.main(["doctor", "--json"]) == 0
    assert all({"what", "ok", "found", "remedy", "needed"} == set(check) for check in json.loads(capsys.readouterr().out))
    assert cli.main(["doctor"]) == 0 and "SQLite" in capsys.readouterr().out
