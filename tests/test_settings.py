"""Settings: what they read, what they refuse, how they are written."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zoneviz import words
from zoneviz.errors import UsageError
from zoneviz.settings import AUTO, Setting, Value

INT = Setting("count", "int", 5, "How many.", low=1, high=1000)
FLOAT = Setting("rate", "float", 1.5, "How fast.", "1/s", low=0.5)
SIZE = Setting("size", "size", 4096, "How large.", low=1024, high=1 << 20)
BOOL = Setting("noisy", "bool", False, "Aloud?")
CHOICE = Setting("how", "choice", "slow", "Which way.", choices=("slow", "fast"))
PLAIN = Setting("n", "int", 0, "Any.")
LIMIT = Setting("max_threads", "int", 0, "A limit.", "per task", low=16, high=1000, zero="no limit")
POOL = Setting("libports", "choice", "plain", "Which policy.", choices=("plain", "pool"), numbered=("pool", 1000))
LEAKS = Setting("leaks", "choice", "none", "Which leaks.", choices=("none", "all"), listed=("one", "two", "three"))
TEXT = Setting("only", "text", "", "Which caches.", zero="all")
TIME = Setting("every", "time", 1.0, "How often.", low=0.01, high=86400.0)
STOP = Setting("stop_after", "time", 0.0, "When to stop.", zero="until you stop it")
OPTIONAL = Setting("ports", "int", None, "Ports; auto: 20.", low=0, high=100)


@pytest.mark.parametrize(
    ("setting", "given", "value"),
    [
        (INT, "1", 1),
        (INT, "1000", 1000),
        (INT, 7, 7),
        (INT, np.int64(7), 7),
        (PLAIN, "-12", -12),
        (PLAIN, "64K", 65536),
        (FLOAT, "2", 2.0),
        (FLOAT, "0.5", 0.5),
        (FLOAT, 3, 3.0),
        (SIZE, "4k", 4096),
        (SIZE, "1MiB", 1 << 20),
        (SIZE, 4096, 4096),
        (BOOL, "1", True),
        (BOOL, "No", False),
        (BOOL, "off", False),
        (BOOL, True, True),
        (BOOL, 0, False),
        (CHOICE, "fast", "fast"),
        (LIMIT, "0", 0),
        (LIMIT, 16, 16),
        (POOL, "pool:1000", "pool:1000"),
        (LEAKS, "all", "all"),
        (LEAKS, "two", "two"),
        (LEAKS, "three, one,three", "one,three"),
        (TEXT, " dentry,kmalloc-* ", "dentry,kmalloc-*"),
        (TEXT, "", ""),
        (TIME, "100ms", 0.1),
        (TIME, "5 m", 300.0),
        (TIME, 2, 2.0),
        (STOP, "0", 0.0),
        (STOP, "2d", 172800.0),
        (OPTIONAL, "auto", None),
        (OPTIONAL, None, None),
        (OPTIONAL, "0", 0),
    ],
)
def test_text_and_typed_values_are_read(setting: Setting, given: object, value: Value) -> None:
    assert setting.parse(given) == value
    assert type(setting.parse(given)) is type(value)


@pytest.mark.parametrize(
    ("setting", "given", "message"),
    [
        (INT, "0", "count='0' is not a whole number from 1 to 1,000."),
        (INT, 1001, "count=1001 is not a whole number from 1 to 1,000."),
        (INT, "1.5", "count='1.5' is not a whole number from 1 to 1,000."),
        (INT, 1.0, "count=1.0 is not a whole number from 1 to 1,000."),
        (INT, True, "count=True is not a whole number from 1 to 1,000."),
        (INT, None, "count=None is not a whole number from 1 to 1,000."),
        (INT, "auto", "count='auto' is not a whole number from 1 to 1,000."),
        (INT, [1, 2], "count=[1, 2] is not a whole number from 1 to 1,000."),
        (INT, "", "count='' is not a whole number from 1 to 1,000."),
        pytest.param(INT, 10**5000, "count=an int of 16610 bits is not a whole number from 1 to 1,000.", id="huge"),
        (PLAIN, "many", "n='many' is not a whole number."),
        (FLOAT, "fast", "rate='fast' is not a number of at least 0.5."),
        (FLOAT, "0.1", "rate='0.1' is not a number of at least 0.5."),
        (FLOAT, "nan", "rate='nan' is not a number of at least 0.5."),
        pytest.param(FLOAT, 10**400, "is not a number of at least 0.5.", id="beyond float"),
        (SIZE, "4Q", "size='4Q' is not a size from 1 KiB to 1 MiB."),
        (SIZE, "2M", "size='2M' is not a size from 1 KiB to 1 MiB."),
        (BOOL, "maybe", "noisy='maybe' is not yes or no."),
        (BOOL, 2, "noisy=2 is not yes or no."),
        (CHOICE, "Fast", "how='Fast' is not one of slow, fast."),
        (CHOICE, 3, "how=3 is not one of slow, fast."),
        (LIMIT, 15, "max_threads=15 is not 0 (no limit), or a whole number from 16 to 1,000."),
        (POOL, "pool:0", "libports='pool:0' is not one of plain, pool, or pool:N with N from 1 to 1,000."),
        (POOL, "pool:", "libports='pool:' is not one of "),
        (LEAKS, "one,four", "leaks='one,four' is not one of none, all, or several of one, two, three, separated by commas."),
        (LEAKS, "one,", "leaks='one,' is not one of "),
        (LEAKS, "none,one", "leaks='none,one' is not one of "),
        (TIME, "0", "every='0' is not a time from 10 ms to 24 h."),
        (TIME, "soon", "every='soon' is not a time from 10 ms to 24 h."),
        (OPTIONAL, "none", "ports='none' is not auto, or a whole number from 0 to 100."),
    ],
)
def test_an_invalid_value_is_refused_in_one_sentence(setting: Setting, given: object, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        setting.parse(given)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 200


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e999"])
def test_a_number_without_bounds_must_be_finite(text: str) -> None:
    with pytest.raises(UsageError):
        Setting("rate", "float", 1.0, "How fast.").parse(text)


@pytest.mark.parametrize(
    ("setting", "value", "text", "shown"),
    [
        (INT, 5000, "5000", "5000"),
        (FLOAT, 10.0, "10.0", "10.0 1/s"),
        (SIZE, 16 << 20, "16 MiB", "16 MiB"),
        (SIZE, 4000, "4000 B", "4000 B"),
        (SIZE, 16842752, "16448 KiB", "16448 KiB"),
        (SIZE, 1025 << 20, "1025 MiB", "1025 MiB"),
        (SIZE, 5 << 18, "1.25 MiB", "1.25 MiB"),
        (BOOL, True, "yes", "yes"),
        (CHOICE, "fast", "fast", "fast"),
        (LIMIT, 20, "20", "20 per task"),
        (LIMIT, 0, "0", "0 (no limit)"),
        (TIME, 300.0, "300 s", "300 s"),
        (TIME, 1.2345, "1.2345 s", "1.2345 s"),
        (STOP, 0.0, "0", "0 (until you stop it)"),
        (OPTIONAL, None, AUTO, AUTO),
    ],
)
def test_values_are_written_as_they_are_read(setting: Setting, value: Value, text: str, shown: str) -> None:
    assert (setting.text(value), setting.shown(value)) == (text, shown)


@pytest.mark.parametrize("style", words.UNITS)
@pytest.mark.parametrize(
    "value", [0, 1, 1025, 1_500_000, 17_000_000, *(n << shift for n in (1, 3, 1023, 1025, 16449) for shift in (9, 10, 20, 30)), 2**60 + 1]
)
def test_a_size_is_read_back_exactly_in_all_units(style: str, value: int) -> None:
    words.choose_units(style)
    try:
        assert Setting("size", "size", 1, "How large.").parse(SIZE.text(value)) == value
    finally:
        words.choose_units("KiB, MiB")


@pytest.mark.parametrize(("kind", "choices"), [("integer", ()), ("choice", ()), ("int", ("a", "b"))])
def test_a_row_that_makes_no_sense_is_refused(kind: Any, choices: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="setting 'n': kind"):
        Setting("n", kind, "a", "Any.", choices=choices)


ROOT = Path(__file__).parent.parent
ROW = """    max_messages: int = limit("Maximum number of queued messages.", "per port", 4)\n"""
TRY = """
import sys
from PySide6.QtWidgets import QApplication
from zoneviz.cli.main import main
from zoneviz.gui.window.forms import ExperimentForm
from zoneviz.scenarios import find

app = QApplication(sys.argv)
form = ExperimentForm()
form.show_scenario(find("boot"))
print(form.labels["max_messages"].text(), "|", form.labels["max_messages"].toolTip())
form.fill({"max_messages": 9})
print(dict(form.spec().settings))
main(["profiles"])
main(["run", "boot", "--no-record", "--json", "--set", "max_messages=12"])
main(["run", "boot", "--no-record", "--set", "max_messages=3"])
"""


def test_a_profile_value_is_one_row(tmp_path: Path) -> None:
    """One line in a copy of the package: form, `profiles` and `--set` have the value."""
    shutil.copytree(ROOT / "zoneviz", tmp_path / "zoneviz", ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    source = tmp_path / "zoneviz" / "mach" / "profile.py"
    text = source.read_text()
    before = "    collect_zones: bool ="
    assert text.count(before) == 1
    source.write_text(text.replace(before, ROW + before))
    env = {"PATH": "", "PYTHONPATH": str(tmp_path), "QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)}
    ran = subprocess.run([sys.executable, "-c", TRY], cwd=tmp_path, env=env, capture_output=True, text=True)
    out = ran.stdout
    assert "max_messages · per port | Maximum number of queued messages. Allowed: 0 (no limit), or a whole number from 4" in out, ran.stderr
    assert "{'max_messages': 9}" in out
    assert "max_messages=0" in out.replace("\n", "")
    assert '"max_messages": 12' in out
    assert "max_messages='3' is not 0 (no limit), or a whole number from 4 to 1,073,741,824." in ran.stderr
