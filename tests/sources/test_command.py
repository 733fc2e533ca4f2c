"""Commands that print readings: missing, failing, hanging, refused, or printing something else, each is one sentence."""

import os
import sys
from pathlib import Path

import pytest

from tests.sources.stand_in import StandIns
from zoneviz.errors import EnvironmentProblem
from zoneviz.importers.macos_zprint import IMPORTER
from zoneviz.sources.command import Listing, output, sysctl

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no source of Windows runs a command")


@pytest.fixture
def stand_ins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIns:
    return StandIns(tmp_path / "bin", monkeypatch)


def problem(timeout: float = 30) -> str:
    with pytest.raises(EnvironmentProblem) as found:
        Listing(IMPORTER, ["zprint", "-x"], timeout).moment()
    return str(found.value)


def test_a_missing_command(stand_ins: StandIns) -> None:
    assert problem() == "The command zprint was not found. Add its folder to PATH."


def test_a_failing_command_is_quoted(stand_ins: StandIns) -> None:
    stand_ins.script("zprint", "echo first; echo 'zprint: bad host.' >&2; exit 3")
    assert problem() == "`zprint -x` failed: zprint: bad host. Run it in a terminal and remove the cause."
    stand_ins.script("zprint", "exit 3")
    assert problem().startswith("`zprint -x` failed with status 3.")


@pytest.mark.parametrize("text", ["zprint: host_info: (os/kern) no access", "vmstat: Operation not permitted", "must be root"])
def test_a_command_that_asks_for_privileges(text: str, stand_ins: StandIns, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_ins.script("zprint", f"echo '{text}'; exit 1")
    monkeypatch.setattr(os, "geteuid", lambda: 501)
    assert problem() == f"`zprint -x` needs root ({text}). Run `sudo zoneviz record`."
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert problem().startswith("`zprint -x` failed: ")


def test_a_command_has_no_terminal_to_ask_for_a_password(stand_ins: StandIns) -> None:
    stand_ins.script("zprint", "read line && echo asked; : < /dev/tty")
    assert problem().startswith("`zprint -x` failed: ")


@pytest.mark.parametrize("body", ["while :; do :; done", "{ while :; do :; done; } & exit 0", "exec >&- 2>&-; while :; do :; done"])
def test_a_hanging_command_is_stopped(body: str, stand_ins: StandIns) -> None:
    os.mkfifo(stand_ins.folder / "alive")
    alive = os.open(stand_ins.folder / "alive", os.O_RDONLY | os.O_NONBLOCK)
    try:
        stand_ins.script("zprint", f"exec 9> {stand_ins.folder}/alive; {body}")
        assert problem(0.5) == "`zprint -x` did not end within 0.5 s. Run it in a terminal to see why."
        os.set_blocking(alive, True)
        assert os.read(alive, 1) == b""  # waits while a process of the command runs
    finally:
        os.close(alive)


def test_a_command_that_prints_without_end_is_stopped(stand_ins: StandIns) -> None:
    stand_ins.script("zprint", "while :; do echo 'kalloc.16 kalloc.16 kalloc.16 kalloc.16 kalloc.16 kalloc.16 kalloc.16 kalloc.16'; done")
    assert "prints more than 16 MiB" in problem()


@pytest.mark.parametrize("text", ["Hello, world\\n", "", "\\000\\001\\377\\000"], ids=["words", "nothing", "binary"])
def test_a_command_that_prints_rubbish(text: str, stand_ins: StandIns) -> None:
    stand_ins.script("zprint", f"printf '{text}'")
    assert problem().startswith("`zprint -x` prints no ")


def test_a_damaged_program(stand_ins: StandIns) -> None:
    (stand_ins.folder / "zprint").write_bytes(b"\x7fELF")
    (stand_ins.folder / "zprint").chmod(0o755)
    assert problem().startswith(f"The command {stand_ins.folder}/zprint cannot be run: ")


def test_output_is_in_plain_english(stand_ins: StandIns) -> None:
    stand_ins.script("zprint", "echo $LC_ALL")
    assert output(["zprint"]) == "C\n"


def test_sysctl_leaves_out_what_the_system_does_not_have(stand_ins: StandIns) -> None:
    assert sysctl({"total_memory": "hw.memsize"}) == {}
    stand_ins.script("sysctl", "echo 'hw.memsize: 17179869184'; echo 'sysctl: unknown oid: a.b'; echo 'c.d: text'; exit 1")
    assert sysctl({"total_memory": "hw.memsize", "b": "a.b", "d": "c.d"}) == {"total_memory": 17179869184}
