"""The tables of docs/fidelity.md about sessions and leaks: what the tool writes, and that the document has what it measures."""

from pathlib import Path

import pytest

from tools import processes
from zoneviz.hurd.session import SESSIONS, USERS

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "fidelity.md"


def test_the_document_has_the_row_of_the_console() -> None:
    child = processes.child_of("console", "user")
    row = next(line for line in DOCUMENT.read_text().splitlines() if line.startswith("| console | user |"))
    cells = [cell.strip().rpartition("/")[2].strip() for cell in row.split("|")[3:-1]]
    figures = [child.receive, child.names, child.dead, child.entries, child.threads]
    assert cells == [*map(str, figures), f"{child.cost:,.0f}"], "run make processes"


def test_without_the_fitted_numbers_a_child_costs_less_and_they_come_back() -> None:
    whole = processes.child_of("ssh", "root")
    with processes.nothing_fitted():
        bare = processes.child_of("ssh", "root")
    assert bare.receive < whole.receive and bare.entries < whole.entries and bare.cost < whole.cost
    assert processes.child_of("ssh", "user") == whole


def test_both_tables_are_written_between_their_markers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = tmp_path / "a.md"
    text = "".join(f"<!-- written by tools/processes.py, {w}: {e} -->\nold\n" for w in ("sessions", "leaks") for e in ("begin", "end"))
    document.write_text(f"Before.\n{text}After.\n")
    monkeypatch.setattr(processes, "CALLS", 10)
    monkeypatch.setattr(processes, "MORE", 2)
    monkeypatch.setattr(processes, "ROWS", ("address",))
    assert processes.main(["--write", str(document)]) == 0
    written = document.read_text()
    assert written.startswith("Before.\n") and written.endswith("After.\n") and written.count("old") == 2
    assert written.count("\n| ") == len(SESSIONS) * len(USERS) + 1 + 2
    assert "| 1 | pflocal 1 | 76 |" in written
    with pytest.raises(ValueError, match="has no markers"):
        processes.write(document, "words", "")
