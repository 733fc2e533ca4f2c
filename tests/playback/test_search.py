"""Searches find what a plain scan of the events finds, in both directions, in slices that can be cancelled."""

from pathlib import Path

import pytest

from tests.recording import toy
from tests.recording.test_recorder import record
from zoneviz.errors import UsageError
from zoneviz.events import Kind
from zoneviz.playback import Player, search
from zoneviz.playback.search import next_event, parse_filter, touches
from zoneviz.playback.watch import parse_watch, run_to
from zoneviz.recording import Recording

COUNT = 6000
TEXTS = ["kind=THREAD_RUN", "kind=zfree zone='kalloc.64'", "task=2 thread=3", f"address={toy.BASE + 4096:#x}", "path=zalloc zone=maps", ""]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("s") / "a.zvz"
    record(made, COUNT, [700], checkpoint_step=1024)
    return made


@pytest.mark.parametrize("text", TEXTS)
def test_filters_both_ways(path: Path, text: str) -> None:
    with Recording(path) as recording:
        player, match = Player(recording), parse_filter(text, recording.catalog)
        rows = recording.events()
        hits = rows[match(rows), 0].tolist()
        for here in (0, 1, 17, 4095, 4096, 4097, 5000, COUNT):
            player.seek(here)
            assert next_event(player, match) == next((h for h in hits if h > here), None)
            assert next_event(player, match, backwards=True) == next((h for h in reversed(hits) if h < here), None)
            assert player.moment.seq == here


def test_filters_match_their_events(path: Path) -> None:
    with Recording(path) as recording:
        rows = recording.events()
        match = parse_filter("kind=ZALLOC,ZFREE zone='ipc ports' task=1", recording.catalog)
        assert rows[match(rows)].tolist() == [r for r in rows.tolist() if r[1] in (2, 3) and r[6] == 3 and r[3] == 1]
        for wrong in ("colour=red", "kind=NONE", "zone=none", "task=x", "zone='open"):
            with pytest.raises(UsageError):
                parse_filter(wrong, recording.catalog)


def test_slices_report_progress_and_can_be_cancelled(path: Path) -> None:
    with Recording(path) as recording:
        parts = list(search.search(Player(recording), lambda rows: rows[:, 0] == COUNT))
        assert len(parts) == 2 and [p.found for p in parts] == [None, COUNT] and parts[-1].done == parts[-1].of == COUNT
        assert next(search.search(Player(recording), lambda rows: rows[:, 0] == COUNT)).found is None


def test_touches(path: Path) -> None:
    with Recording(path) as recording:
        rows = recording.events()
        thread = rows[touches("thread", 2)(rows)].tolist()
        about = (Kind.THREAD_RUN, Kind.THREAD_BLOCK, Kind.THREAD_READY, Kind.THREAD_CREATE)
        assert [r[0] for r in thread] == [r[0] for r in rows.tolist() if r[4] == 2 or (r[1] in about and r[6] == 2) or _other(r, 2)]
        task = rows[touches("task", 2)(rows)].tolist()
        told = (Kind.TASK_CREATE, Kind.PORT_CREATE)
        assert {r[0] for r in task} == {r[0] for r in rows.tolist() if r[3] == 2 or (r[1] in told and r[6] == 2) or _child(r, 2)}
        port = rows[touches("port", toy.BASE)(rows)].tolist()
        assert port and all(toy.BASE in (r[7], r[9]) for r in port)
        with pytest.raises(ValueError, match="address, port"):
            touches("heart", 1)


def _other(row: list[int], thread: int) -> bool:
    return row[1] == Kind.THREAD_RUN and row[9] == thread


def _child(row: list[int], task: int) -> bool:
    return row[1] in (Kind.TASK_CREATE, Kind.THREAD_CREATE) and row[9] == task


@pytest.mark.parametrize(
    "text", ["ipc ports in use > 40", "kalloc.64 free == 0", "zone_map free < 4M", "threads >= 30", "messages > 5", "maps size >= 20K"]
)
def test_watchpoints_both_ways(path: Path, text: str) -> None:
    with Recording(path) as recording:
        watch = parse_watch(text, recording.catalog)
        player = Player(recording)
        held = [watch.holds(player.seek(i).totals) for i in range(0, 3001)]
        turns = [i for i in range(1, 3001) if held[i] and not held[i - 1]]
        for here in (0, 100, 1024, 1500, 2900):
            player.seek(here)
            after = [part.found for part in run_to(player, [watch])][-1]
            expected = next((t for t in turns if t > here), None)
            assert after == expected if expected else after is None or after > 3000
            assert [part.found for part in run_to(player, [watch], backwards=True)][-1] == next(
                (t for t in reversed(turns) if t < here), None
            )
            assert player.moment.seq == here


def test_invalid_conditions(path: Path) -> None:
    with Recording(path) as recording:
        for wrong in ("", "threads", "no zone in use > 3", "zone_map size > 4", "threads > many"):
            with pytest.raises(UsageError):
                parse_watch(wrong, recording.catalog)
        assert parse_watch("zone_map free < 1M", recording.catalog).value == 1 << 20


def test_the_address_of_a_64_bit_kernel_is_found_by_its_48_bits(path: Path) -> None:
    with Recording(path) as recording:
        assert parse_filter("address=0xffff888004a2c000", recording.catalog).address == 0x8880_04A2_C000
