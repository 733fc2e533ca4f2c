"""Listings of /proc/meminfo, one or many."""

from pathlib import Path

import pytest

from zoneviz.app.captures import import_files, import_text
from zoneviz.app.state import state
from zoneviz.errors import InputError

WHOLE = """\
MemTotal:       24683652 kB
MemFree:        18173240 kB
Slab:             299256 kB
SReclaimable:     254816 kB
SUnreclaim:        {unreclaimable} kB
KernelStack:        2752 kB
VmallocTotal:   34359738367 kB
"""


def test_a_loop_with_dates_has_a_rate() -> None:
    text = "".join(f"{1700000000 + 60 * i}\n" + WHOLE.format(unreclaimable=44440 + 30 * i) for i in range(3))
    result = import_text(text, None)
    said = result["captures"][0]["said"]
    assert said["sunreclaim_kb_per_min"] == [30.0, 30.0] and len(said["points"]) == 3
    assert result["recordings"][0]["clock"] == "2023-11-14 22:13:20 UTC"
    assert not any("no leak" in sentence for sentence in said["trust"])


def test_figures_become_figures_of_the_machine(tmp_path: Path) -> None:
    import_text(WHOLE.format(unreclaimable=44440), tmp_path / "a.zvz")
    figures = state(tmp_path / "a.zvz", "end")["figures"]
    assert figures["slab_unreclaimable"] == 44440 * 1024 and figures["free_memory"] == 18173240 * 1024


@pytest.mark.parametrize(
    ("text", "zone", "size"),
    [
        (WHOLE.format(unreclaimable=44440), "(slab caches, not named)", 299256),
        ("SReclaimable: 5 kB\nSUnreclaim: 7 kB\n", "(slab caches, not named)", 12),
        ("SUnreclaim: 7 kB\n", "(unreclaimable slab caches, not named)", 7),
    ],
)
def test_all_caches_together_are_a_curve(text: str, zone: str, size: int, tmp_path: Path) -> None:
    import_text(text, tmp_path / "a.zvz")
    assert [(row["name"], row["cur_size"]) for row in state(tmp_path / "a.zvz", "end")["zones"]] == [(zone, size * 1024)]


def test_beside_a_slabinfo_only_the_difference_is_a_zone(tmp_path: Path) -> None:
    row = "dentry 10 21 192 21 1 : tunables 0 0 0 : slabdata 1 1 0\n"
    (tmp_path / "slabinfo").write_text("1700000000\nslabinfo - version: 2.1\n" + row)
    (tmp_path / "meminfo").write_text("1700000060\nSlab: 10 kB\n")
    import_files([tmp_path / "slabinfo", tmp_path / "meminfo"], tmp_path / "a.zvz")
    zones = {zone["name"]: zone["cur_size"] for zone in state(tmp_path / "a.zvz", "end")["zones"]}
    assert zones == {"dentry": 4096, "(slab caches, not named)": 6144}


def test_times_that_do_not_rise_give_no_rate() -> None:
    said = import_text("up 5 min\nSUnreclaim: 10 kB\n\nup 5 min\nSUnreclaim: 20 kB\n", None)["captures"][0]["said"]
    assert "sunreclaim_kb_per_min" not in said and len(said["points"]) == 2


def test_damaged_lines_are_named() -> None:
    result = import_text("Slab: 2990x6 kB\nSUnreclaim: 10 kB\n", None)
    assert result["captures"][0]["said"] == {
        "sunreclaim_kb": 10,
        "skipped_rows": 1,
        "trust": ["Slab caches together: no cache can be named."],
    }
    assert any("The line Slab is cut or damaged (line 1)" in sentence for sentence in result["sentences"])


def test_a_part_without_slabs_says_what_to_save() -> None:
    with pytest.raises(InputError, match="cat /proc/meminfo"):
        import_text("MemTotal:       24683652 kB\nMemFree:        18173240 kB\n", None)
