"""B as a session holds it: read through in a thread, compared further when asked, given up when told, and never written to."""

import stat
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle, events, write
from zoneviz.events import Kind
from zoneviz.gui.session import jobs
from zoneviz.gui.session.beside import COMPARING, Beside
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.playback.compare import compare, differences
from zoneviz.recording import Recording, pack, packing

STEP = 300
"""Events between two places where the recordings differ."""


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same but for an event in each STEP: B takes it from another zone."""
    folder = tmp_path_factory.mktemp("pair")
    told = events(8000)
    kind = int(Kind.ZALLOC)
    changed = [(*event[:5], 5, *event[6:]) if event[0] == kind and n % STEP == 99 else event for n, event in enumerate(told)]
    return write(folder / "a.zvz", told), write(folder / "b.zvz", changed)


@pytest.fixture
def beside(pair: tuple[Path, Path], qapp: QApplication) -> Iterator[Beside]:
    """A is on show, nothing beside it."""
    session = Session()
    session.show(Player(Recording(pair[0])))
    yield session.beside
    session.show(None)
    session.deleteLater()


def test_everything_of_b_is_read_by_the_job(beside: Beside, pair: tuple[Path, Path]) -> None:
    said: list[str] = []
    beside.told.connect(said.append)
    beside.open(pair[1])
    assert beside.path == pair[1] and beside.player is None and beside.series is None and beside.working
    beside.wait()
    assert beside.player is not None and beside.series is not None and beside.comparison is not None and not beside.working
    with Recording(pair[0]) as a, Recording(pair[1]) as b:
        assert beside.comparison.as_json() == compare(a, b).as_json()
        assert beside.series.last == b.event_count and beside.series.names == [zone.name for zone in b.catalog.zones]
        used = {zone["name"]: zone["cur_size"] for zone in Player(b).seek(b.event_count).machine()["zones"]}
        last = beside.series.at(beside.series.seqs[-1:])[0].tolist()
    assert dict(zip(beside.series.names, last, strict=True)) == pytest.approx(used, abs=4096)
    assert said[0] == COMPARING and said[-1] == ""


def test_how_far_it_is_stands_in_the_words(beside: Beside, pair: tuple[Path, Path], qapp: QApplication) -> None:
    said: list[str] = []
    beside.told.connect(said.append)
    beside.open(pair[1])
    beside._job.advanced.emit(1, 4)  # type: ignore[union-attr]
    assert said[-1] == f"{COMPARING} 25.0 %"


def test_cancel_stops_the_work(beside: Beside, pair: tuple[Path, Path], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []

    def endless(*arguments: object) -> Generator[tuple[int, int], None, None]:
        try:
            while True:
                yield 1, 2
        finally:
            closed.append(True)

    monkeypatch.setattr("zoneviz.gui.session.comparing.steps", endless)
    beside.open(pair[1])
    qtbot.waitUntil(lambda: beside.words.endswith("50.0 %"), timeout=30_000)
    beside.cancel()
    jobs.cancel_all()
    assert closed == [True] and beside.path is None and not beside.working
    assert beside.words == "The comparison was cancelled."


def test_another_alignment_can_be_cancelled_and_taken_up_again(beside: Beside, pair: tuple[Path, Path], qapp: QApplication) -> None:
    beside.open(pair[1])
    beside.wait()
    player = beside.player
    beside.set_align("fill")
    assert beside.working and beside.player is player
    beside.cancel()
    assert beside.comparison is None and beside.player is player and beside.words
    beside.again()
    beside.wait()
    assert beside.comparison is not None and beside.comparison.align == "fill" and beside.player is player


def test_the_next_difference_goes_on_beyond_the_first_ones(
    beside: Beside, pair: tuple[Path, Path], settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Recording(pair[0]) as a, Recording(pair[1]) as b:
        places = compare(a, b, detail=False).aligned.places[:, 0].tolist()
    assert len(places) > 12
    monkeypatch.setattr(differences, "MOST", 4)
    monkeypatch.setattr(differences, "BUDGET", 0)
    session, nowhere = beside.session, list[int]()
    beside.nowhere.connect(nowhere.append)
    beside.open(pair[1])
    beside.wait()
    assert beside.comparison is not None and beside.comparison.more
    session.ask_moment(0)
    session.land()
    seen = []
    for _ in places:
        beside.to_difference(1)
        beside.wait()
        session.land()
        seen.append(session.moment)
    assert seen == places and not nowhere
    beside.to_difference(1)
    assert nowhere == [1] and not beside.comparison.more
    back = []
    for _ in places[1:]:
        beside.to_difference(-1)
        session.land()
        back.append(session.moment)
    assert back == places[-2::-1]
    beside.to_difference(-1)
    assert nowhere == [1, -1]


def test_the_difference_before_the_end_is_the_last_one(beside: Beside, pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the last of those that were found at first."""
    with Recording(pair[0]) as a, Recording(pair[1]) as b:
        last = int(compare(a, b, detail=False).aligned.places[-1, 0])
    monkeypatch.setattr(differences, "MOST", 4)
    monkeypatch.setattr(differences, "BUDGET", 0)
    beside.open(pair[1])
    beside.wait()
    beside.session.ask_moment(beside.session.last)
    beside.session.land()
    beside.to_difference(-1)
    assert beside.working
    beside.wait()
    beside.session.land()
    assert beside.session.moment == last


def test_a_packed_b_is_unpacked_once(
    beside: Beside, pair: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication
) -> None:
    unpacked: list[Path] = []

    def counted(path: Path) -> object:
        unpacked.append(path)
        return unpack(path)

    unpack = packing.unpacked
    packed = tmp_path / "b.zvz.zst"
    pack(pair[1], packed)
    monkeypatch.setattr("zoneviz.recording.packing.unpacked", counted)
    beside.open(packed)
    beside.wait()
    beside.set_align("fill")
    beside.wait()
    assert unpacked == [packed] and beside.player is not None and beside.state() is not None
    copy = beside.player.recording.lend()
    assert copy is not None
    file = copy.file
    assert file.exists()
    del copy
    beside.detach()
    qapp.processEvents()  # what the jobs told came a second time, through the queue
    assert not file.exists()


def test_b_is_never_written_to(beside: Beside, pair: tuple[Path, Path], tmp_path: Path) -> None:
    folder = tmp_path / "still"
    folder.mkdir()
    path = folder / "b.zvz"
    path.write_bytes(pair[1].read_bytes())
    before = path.read_bytes()
    path.chmod(stat.S_IRUSR)
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        beside.open(path)
        beside.wait()
        assert beside.comparison is not None and beside.state() is not None
        assert [item.name for item in folder.iterdir()] == ["b.zvz"] and path.read_bytes() == before
    finally:
        folder.chmod(stat.S_IRWXU)


def test_the_same_file_on_both_sides(beside: Beside, pair: tuple[Path, Path]) -> None:
    session = beside.session
    beside.swapped.connect(lambda path: session.show(Player(Recording(path))))
    beside.open(pair[0])
    beside.wait()
    session.ask_moment(1234)
    session.land()
    assert beside.moment == 1234
    beside.swap()
    beside.wait()
    session.land()
    assert beside.path == pair[0] and beside.moment == session.moment == 1234
    state = beside.state()
    assert state is not None and session.player is not None and state.digest() == session.player.state.digest()
    beside.detach()
    assert session.player.seek(5000).seq == 5000, "A is still open"


def test_a_swap_that_cannot_be_leaves_all_as_it_is(beside: Beside, pair: tuple[Path, Path], tmp_path: Path, recorded: Path) -> None:
    session = beside.session
    beside.open(pair[1])
    beside.wait()
    session.ask_moment(1000)
    session.land()
    beside.swap()  # nobody opens it
    session.land()
    assert beside.path == pair[1] and session.moment == 1000
    session.show(Player(Recording(recorded)))
    assert beside.path is None, "A is not laid beside what is opened next"


def test_a_damaged_b_is_told(beside: Beside, pair: tuple[Path, Path], tmp_path: Path) -> None:
    whole = pair[1].read_bytes()
    for name, bytes_ in (("cut.zvz", whole[: len(whole) // 2]), ("text.zvz", b"no recording"), ("empty.zvz", b"")):
        path = tmp_path / name
        path.write_bytes(bytes_)
        beside.open(path)
        beside.wait()
        assert beside.player is None and beside.path is None and not beside.working
        assert name in beside.words and beside.words.endswith(".")
