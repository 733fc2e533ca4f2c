"""What is printed at the end of a recording of this machine."""

from typing import Any

import pytest

from zoneviz.cli.recording import print_recorded

ZONE = {"name": "dentry", "elem_size": 192, "in_use": 7, "free": None, "cur_size": 4096, "max_size": None, "flags": "reclaimable"}
RESULT: dict[str, Any] = {
    "outcome": "finished", "readings": 3, "seconds": 2.0, "events": 40, "file": "a.zvz", "trust": ["Pages are of 4 KiB."],
    "cannot_show": ["Who holds an object."], "zone_noun": "slab cache", "zones": [ZONE],
}  # fmt: skip


def test_what_it_cannot_show_is_below_a_heading(capsys: pytest.CaptureFixture[str]) -> None:
    print_recorded(RESULT)
    out = capsys.readouterr().out
    assert "What it cannot show, or leaves open:\n- Who holds an object.\n- Pages are of 4 KiB.\n" in out
    assert "events alone count" not in out and "lost events" not in out
    table = out.partition("The largest slab caches:\n")[2].splitlines()
    assert table[0].split() == ["slab", "cache", "element", "in", "use", "size", "flags"], "columns without a figure are left out"
    assert table[2].split() == ["dentry", "192", "7", "4", "KiB", "reclaimable"]


def test_counts_that_differ_are_compared(capsys: pytest.CaptureFixture[str]) -> None:
    print_recorded(RESULT | {"lost_events": 5, "truth": [{"zone": "dentry", "counted": 41_200, "reported": 41_232}]})
    out = capsys.readouterr().out
    assert "reports:\n- dentry: events count 41,200 elements in use, the machine 41,232.\n" in out and "lost events  5" in out
