"""The first moment at which a condition is true, in each of many recordings."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from zoneviz.app.pool import KILLED, asked_to_stop, run_all
from zoneviz.app.state import open_recording
from zoneviz.errors import UsageError, ZonevizError
from zoneviz.playback.player import Player
from zoneviz.playback.tables import NUMBER, REAL, TEXT, Column, Table
from zoneviz.playback.watch import parse_watch, run_to

COLUMNS = (
    Column("file", TEXT), Column("event", NUMBER), Column("seconds", REAL), Column("clock", TEXT), Column("value", NUMBER),
    Column("outcome", TEXT), Column("why", TEXT),
)  # fmt: skip


def find(
    paths: Sequence[Path],
    condition: str,
    workers: int,
    on_progress: Callable[[int, int], object] = lambda done, of: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> list[dict[str, Any]]:
    """A row for each recording, in order, by name of COLUMNS. `condition`: as in `playback.watch`.

    event, seconds, value: when the condition is first true, and the figure on its left side then; None if it never is. `seconds` is
    None as well if the recording has no clock. why: "", or why the recording cannot be searched. Recordings that are not searched
    before `should_stop` have no row.
    Errors: UsageError if no recording has such a condition.
    """
    found: dict[Path, dict[str, Any]] = {}

    def finished(path: Path, row: dict[str, Any]) -> None:
        found[path] = row
        on_progress(len(found), len(distinct))

    work, distinct = partial(first_time, condition=condition), list(dict.fromkeys(paths))
    if len(distinct) == 1 or workers == 1:
        for path in distinct:
            row = work(path, should_stop=should_stop)
            if should_stop():
                break
            finished(path, row)
    else:
        run_all(work, distinct, min(workers, len(distinct)), finished, lambda path: _row(path, why=KILLED), should_stop)
    rows = [found[path] for path in distinct if path in found]
    refused = [row.pop("refused") for row in rows]
    if rows and all(refused):
        raise UsageError(refused[0])
    return rows


def first_time(path: Path, condition: str, should_stop: Callable[[], bool] = asked_to_stop) -> dict[str, Any]:
    """The row of one recording, and in `refused` what is wrong with the condition for it, or ""."""
    try:
        with open_recording(path) as recording:
            header, player = recording.header, Player(recording)
            row = _row(path, clock=header.clock, outcome=header.outcome)
            watch = parse_watch(condition, recording.catalog)
            seq = player.moment.seq if watch.holds(player.state.totals) else None
            if seq is None:
                for slice_ in run_to(player, [watch]):
                    seq = slice_.found
                    if should_stop():
                        break
            if seq is None:
                return row
            state = player.seek(seq)
            return row | {
                "event": seq,
                "seconds": state.time / 1e9 if header.time_kind == "ns" else None,
                "value": watch.figure(state.totals),
            }
    except UsageError as error:
        return row | {"why": str(error), "refused": str(error)}
    except ZonevizError as error:
        return _row(path, why=str(error))


def table(rows: Sequence[dict[str, Any]]) -> Table:
    """The rows as a table for exporters."""
    return Table(list(COLUMNS), iter([[[row[column.name] for row in rows] for column in COLUMNS]]))


def _row(path: Path, **values: Any) -> dict[str, Any]:
    empty = {column.name: "" if column.kind == TEXT else None for column in COLUMNS}
    return empty | {"file": str(path), "refused": ""} | values
