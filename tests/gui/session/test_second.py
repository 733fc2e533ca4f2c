"""B: read by a job, compared further on request, cancelled, and never written to."""

import stat
from collections.abc import Generator, Iterator
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle, events, write
from zoneviz.events import Kind
from zoneviz.gui.session import jobs
from zoneviz.gui.session.second import COMPARING, SecondRecording
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.playback.compare import compare, differences
from zoneviz.recording import Recording, copies, pack

STEP = 300
"""Events between two places where the recordings differ."""


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Equal except for one event in STEP, which B allocates from another zone."""
    folder = tmp_path_factory.mktemp("pair")
    rows = events(8000)
    kind = int(Kind.ZALLOC)
    changed = [(*event[:5], 5, *event[6:]) if event[0] == kind and n % STEP == 99 else event for n, event in enumerate(rows)]
    return write(folder / "a.zvz", rows), write(folder / "b.zvz", changed)


@pytest.fixture
def second(pair: tuple[Path, Path], qapp: QApplication) -> Iterator[SecondRecording]:
    """A is on show; B is not open."""
    session = Session()
    session.show(Player(Recording(pair[0])))
    yield SecondRecording.of(session)
    session.show(None)
    session.deleteLater()


def test_the_job_reads_all_of_b(second: SecondRecording, pair: tuple[Path, Path]) -> None:
    said: list[str] = []
    second.said.connect(said.append)
    second.open(pair[1])
    assert second.path == pair[1] and second.player is None and second.series is None and second.working
    second.wait()
    assert second.player is not None and second.series is not None and second.comparison is not None and not second.working
    with Recording(pair[0]) as a, Recording(pair[1]) as b:
        assert second.comparison.as_json() == compare(a, b).as_json()
        assert second.series.last == b.event_count and second.series.names == [zone.name for zone in b.catalog.zones]
        used = {zone["name"]: zone["cur_size"] for zone in Player(b).seek(b.event_count).machine()["zones"]}
        last = second.series.at(second.series.seqs[-1:])[0].tolist()
    assert dict(zip(second.series.names, last, strict=True)) == pytest.approx(used, abs=4096)
    assert said[0] == COMPARING and said[-1] == ""


def test_progress_is_in_the_sentence(second: SecondRecording, pair: tuple[Path, Path], qapp: QApplication) -> None:
    said: list[str] = []
    second.said.connect(said.append)
    second.open(pair[1])
    second._job.advanced.emit(1, 4)  # type: ignore[union-attr]
    assert said[-1] == f"{COMPARING} 25 %"


def test_cancel_stops_the_job(second: SecondRecording, pair: tuple[Path, Path], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []

    def endless(*arguments: object) -> Generator[tuple[int, int], None, None]:
        try:
            while not Event().wait(0.001):
                yield 1, 2
        finally:
            closed.append(True)

    monkeypatch.setattr("zoneviz.gui.session.comparing.steps", endless)
    second.open(pair[1])
    qtbot.waitUntil(lambda: second.sentence.endswith(" 50 %"), timeout=30_000)
    second.cancel()
    jobs.cancel_all()
    assert closed == [True] and second.path is None and not second.working
    assert second.sentence == "The comparison was cancelled."


def test_another_alignment_can_be_cancelled_and_restarted(second: SecondRecording, pair: tuple[Path, Path], qapp: QApplication) -> None:
    second.open(pair[1])
    second.wait()
    player = second.player
    second.set_align("fill")
    assert second.working and second.player is player
    second.cancel()
    assert second.comparison is None and second.player is player and second.sentence
    second.again()
    second.wait()
    assert second.comparison is not None and second.comparison.align == "fill" and second.player is player


def test_the_next_difference_is_found_beyond_the_first_ones(
    second: SecondRecording, pair: tuple[Path, Path], settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Recording(pair[0]) as a, Recording(pair[1]) as b:
        places = compare(a, b, detail=False).aligned.places[:, 0].tolist()
    assert len(places) > 12
    monkeypatch.setattr(differences, "MOST", 4)
    monkeypatch.setattr(differences, "BUDGET", 0)
    session, nowhere = second.session, list[int]()
    second.no_difference.connect(nowhere.append)
    second.open(pair[1])
    second.wait()
    assert second.comparison is not None and second.comparison.more
    session.ask_moment(0)
    session.land()
    seen = []
    for _ in places:
        second.to_difference(1)
        second.wait()
        session.land()
        seen.append(session.moment)
    assert seen == places and not nowhere
    second.to_difference(1)
    assert nowhere == [1] and not second.comparison.more
    back = []
    for _ in places[1:]:
        second.to_difference(-1)
        session.land()
        back.append(session.moment)
    assert back == places[-2::-1]
    second.to_difference(-1)
    assert nowhere == [1, -1]


def test_back_from_the_end_goes_to_the_last_difference(
    second: SecondRecording, pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last of all, not the last of those found first."""
    with Recording(pair[0]) as a, Recording(pair[1]) as b:
        last = int(compare(a, b, detail=False).aligned.places[-1, 0])
    monkeypatch.setattr(differences, "MOST", 4)
    monkeypatch.setattr(differences, "BUDGET", 0)
    second.open(pair[1])
    second.wait()
    second.session.ask_moment(second.session.last)
    second.session.land()
    second.to_difference(-1)
    assert second.working
    second.wait()
    second.session.land()
    assert second.session.moment == last


def test_a_packed_b_is_unpacked_once(
    second: SecondRecording, pair: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication
) -> None:
    unpacked: list[Path] = []

    def counted(path: Path) -> object:
        unpacked.append(path)
        return unpack(path)

    unpack = copies.readable
    packed = tmp_path / "b.zvz.zst"
    pack(pair[1], packed)
    monkeypatch.setattr("zoneviz.recording.copies.readable", counted)
    second.open(packed)
    second.wait()
    second.set_align("fill")
    second.wait()
    assert unpacked == [packed] and second.player is not None and second.state() is not None
    copy = second.player.recording.lend()
    assert copy is not None
    file = copy.file
    assert file.exists()
    del copy
    second.detach()
    qapp.processEvents()  # the jobs' queued signals arrive a second time
    assert not file.exists()


def test_b_is_never_written_to(second: SecondRecording, pair: tuple[Path, Path], tmp_path: Path) -> None:
    folder = tmp_path / "still"
    folder.mkdir()
    path = folder / "b.zvz"
    path.write_bytes(pair[1].read_bytes())
    before = path.read_bytes()
    path.chmod(stat.S_IRUSR)
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        second.open(path)
        second.wait()
        assert second.comparison is not None and second.state() is not None
        assert [item.name for item in folder.iterdir()] == ["b.zvz"] and path.read_bytes() == before
    finally:
        folder.chmod(stat.S_IRWXU)


def test_the_same_file_on_both_sides(second: SecondRecording, pair: tuple[Path, Path]) -> None:
    session = second.session
    second.swapped.connect(lambda path: session.show(Player(Recording(path))))
    second.open(pair[0])
    second.wait()
    session.ask_moment(1234)
    session.land()
    assert second.moment == 1234
    second.swap()
    second.wait()
    session.land()
    assert second.path == pair[0] and second.moment == session.moment == 1234
    state = second.state()
    assert state is not None and session.player is not None and state.digest() == session.player.state.digest()
    second.detach()
    assert session.player.seek(5000).seq == 5000, "A is still open"


def test_a_swap_that_fails_changes_nothing(second: SecondRecording, pair: tuple[Path, Path], tmp_path: Path, recorded: Path) -> None:
    session = second.session
    second.open(pair[1])
    second.wait()
    session.ask_moment(1000)
    session.land()
    second.swap()  # nothing is connected that would open it
    session.land()
    assert second.path == pair[1] and session.moment == 1000
    session.show(Player(Recording(recorded)))
    assert second.path is None, "A does not become B of the next recording"


def test_a_damaged_b_is_reported(second: SecondRecording, pair: tuple[Path, Path], tmp_path: Path) -> None:
    whole = pair[1].read_bytes()
    for name, bytes_ in (("cut.zvz", whole[: len(whole) // 2]), ("text.zvz", b"no recording"), ("empty.zvz", b"")):
        path = tmp_path / name
        path.write_bytes(bytes_)
        second.open(path)
        second.wait()
        assert second.player is None and second.path is None and not second.working
        assert name in second.sentence and second.sentence.endswith(".")


def copied(folder: Path, path: Path, name: str) -> Path:
    made = folder / name
    made.write_bytes(path.read_bytes())
    return made


def is_closed(second: SecondRecording) -> bool:
    return second.path is None and second.player is None and second.series is None and second.comparison is None and not second.working


CLOSING = {
    "A is closed": "A",
    "another A is shown": "B as A",
    "B is closed": "B",
    "A is closed, then B": "A, B",
    "B is closed, then A": "B, A",
    "A is a live run": "live",
}


@pytest.mark.parametrize("order", CLOSING)
@pytest.mark.parametrize("compared", [True, False], ids=["compared", "while it compares"])
def test_nothing_remains_when_one_of_the_two_is_closed(
    second: SecondRecording, pair: tuple[Path, Path], tmp_path: Path, order: str, compared: bool
) -> None:
    a, b = copied(tmp_path, pair[0], "a.zvz"), copied(tmp_path, pair[1], "b.zvz")
    second.session.show(Player(Recording(a)))
    second.open(b)
    if compared:
        second.wait()
        assert second.comparison is not None
    for step in CLOSING[order].split(", "):
        if step == "B":
            second.detach()
        else:
            second.session.show(None if step == "A" else Player(Recording(b)), live=step == "live")
    jobs.wait_all()
    assert is_closed(second) and second.sentence == ""


def test_a_replaced_a_is_compared_again(second: SecondRecording, pair: tuple[Path, Path], tmp_path: Path) -> None:
    a = copied(tmp_path, pair[0], "a.zvz")
    second.session.show(Player(Recording(a)))
    second.open(pair[1])
    second.wait()
    assert second.comparison is not None and second.comparison.divergence is not None
    copied(tmp_path, pair[1], "new.zvz").replace(a)
    second.session.show(Player(Recording(a)))
    assert second.comparison is None
    second.wait()
    assert second.comparison is not None and second.comparison.divergence is None, "A now equals B"


def test_a_replaced_b_is_compared_again_and_a_deleted_one_is_closed(
    second: SecondRecording, pair: tuple[Path, Path], tmp_path: Path, qtbot: QtBot
) -> None:
    b = copied(tmp_path, pair[1], "b.zvz")
    second.open(b)
    second.wait()
    copied(tmp_path, pair[0], "new.zvz").replace(b)
    qtbot.waitUntil(lambda: second.comparison is not None and second.comparison.divergence is None, timeout=30_000)
    b.unlink()
    qtbot.waitUntil(lambda: is_closed(second), timeout=30_000)
    assert second.sentence == "B is closed: b.zvz was moved or deleted. Choose another recording to compare with."


def test_after_an_exchange_closing_a_closes_b(second: SecondRecording, pair: tuple[Path, Path]) -> None:
    second.swapped.connect(lambda path: second.session.show(Player(Recording(path))))
    second.open(pair[1])
    second.wait()
    second.swap()
    second.wait()
    assert second.path == pair[0] and second.comparison is not None
    second.session.show(None)
    assert is_closed(second)
