"""Packing, unpacking, cutting and repairing stop between two blocks, and what is half done is removed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.recording.test_recorder import record
from zoneviz.app.parts import cut, pack, repair, unpack
from zoneviz.errors import Stopped
from zoneviz.recording import stopping

Act = Callable[[Path, Path, Callable[[], bool]], Any]
ACTS: dict[str, Act] = {
    "pack": lambda path, out, stop: pack(path, out, should_stop=stop),
    "unpack": lambda path, out, stop: unpack(path, out, should_stop=stop),
    "cut": lambda path, out, stop: cut(path, "10", "end", out, should_stop=stop),
    "repair": lambda path, out, stop: repair(path, out, should_stop=stop),
    "repair packed": lambda path, out, stop: repair(path, out, should_stop=stop),
}


class After:
    """True from the call after `calls`."""

    def __init__(self, calls: float) -> None:
        self.left, self.asked = calls, 0

    def __call__(self) -> bool:
        self.asked += 1
        return self.asked > self.left


@pytest.mark.parametrize("name", ACTS)
def test_it_stops_at_every_block_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    path, act = tmp_path / "a.zvz", ACTS[name]
    record(path, 200_000, [50_000, 100_000])
    if "pack" in name and name != "pack":
        packed = tmp_path / "a.zvz.zst"
        pack(path, packed)
        path.unlink()
        path = packed
    folder = tmp_path / "out"
    folder.mkdir()
    whole = After(float("inf"))
    act(path, folder / "whole", whole)
    blocks, size = whole.asked, (folder / "whole").stat().st_size
    assert blocks >= 2 and size > 0
    for calls in {0, 1, blocks // 2, blocks - 1}:
        with pytest.raises(Stopped):
            act(path, folder / "half", After(calls))
        assert [one.name for one in folder.iterdir()] == ["whole"]
    act(path, folder / "again", lambda: False)
    assert (folder / "again").stat().st_size == size


def test_only_the_work_inside_is_stopped() -> None:
    stopping.check()
    with stopping.when(lambda: True):
        with stopping.when(lambda: False):
            stopping.check()
        with pytest.raises(Stopped):
            stopping.check()
    stopping.check()
