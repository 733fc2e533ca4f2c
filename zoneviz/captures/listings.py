"""Figures of a listing as `import --json` prints them."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from zoneviz.captures.capture import Capture, ZoneRow
from zoneviz.state.rows import SIZE_LIMIT

TOP = 5
"""Rows of `top`."""
UNFINISHED = "The text ends without a line end: its last row may be cut."
"""Must be said where a row ends in a name or a figure of any length."""
NO_GROWTH = "Growth: one listing is one moment."
"""What a capture with one listing cannot show."""
SNAPSHOTS = 200
"""Upper bound of the listings of one file whose figures are printed."""

Extra = Mapping[str, Any]
"""Keys that a kind adds to a row of `top`, such as {"objs": 30528}."""


def figures(rows: Sequence[ZoneRow], extras: Iterable[Extra], skipped: int = 0) -> dict[str, Any]:
    """One listing: `zones` (rows), `total_bytes` (of the rows), `top` (5 rows by bytes), `skipped_rows` (rows cut or damaged).

    If the text has no sizes, there is no `total_bytes`, and `top` is by elements in use. `extras`: for each row.
    """
    pairs = list(zip(rows, extras, strict=True))
    sized = [row.cur_size for row in rows if 0 <= row.cur_size < SIZE_LIMIT]
    top = heapq.nlargest(TOP, pairs, key=lambda pair: pair[0].cur_size if sized else pair[0].in_use)
    out: dict[str, Any] = {"zones": len(rows)}
    if sized:
        out["total_bytes"] = sum(sized)
    out["top"] = [
        {"name": row.name, "bytes": _known(row.cur_size), "in_use": _known(row.in_use), "elem_size": _known(row.elem_size), **extra}
        for row, extra in top
    ]
    return out | {"skipped_rows": skipped}


def say(capture: Capture, listings: Sequence[dict[str, Any]], skipped: int | None = None) -> None:
    """Put listings into `capture.said`: the only one as it is, several as `snapshots`; and `trust`.

    `skipped`: rows that were cut or damaged in the whole file; by default the sum of the listings' `skipped_rows`.
    """
    total = sum(listing["skipped_rows"] for listing in listings) if skipped is None else skipped
    if len(listings) == 1:
        capture.said.update(listings[0], skipped_rows=total)
    else:
        capture.said.update(snapshots=list(listings), skipped_rows=total)
    capture.said["trust"] = capture.trust


def conclude(capture: Capture, listings: Sequence[dict[str, Any]], skipped: int | None = None) -> None:
    """Say the listings of a file that was read to its end, if it has any, and that one alone shows no growth. `skipped`: as of `say`."""
    if len(listings) == 1:
        capture.cannot_show.append(NO_GROWTH)
    if listings:
        say(capture, listings, skipped)


def _known(value: int) -> int | None:
    return value if 0 <= value < SIZE_LIMIT else None
