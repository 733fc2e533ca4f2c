"""Figures of a listing as `import --json` prints them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from zoneviz.captures.capture import UNKNOWN, Capture, ZoneRow

TOP = 5
"""Rows of `top`."""

Extra = Mapping[str, Any]
"""Keys that a kind adds to a row of `top`, such as {"objs": 30528}."""


def figures(rows: Sequence[ZoneRow], extras: Iterable[Extra], skipped: int = 0) -> dict[str, Any]:
    """One listing: `zones` (rows), `total_bytes` (of the rows), `top` (5 rows by bytes), `skipped_rows` (rows cut or damaged).

    `total_bytes` and `bytes` are left out if the text has no sizes. `extras`: for each row.
    """
    sized = [(row, extra) for row, extra in zip(rows, extras, strict=True) if row.cur_size != UNKNOWN]
    top = sorted(sized, key=lambda pair: -pair[0].cur_size)[:TOP]
    out: dict[str, Any] = {"zones": len(rows)}
    if sized:
        out["total_bytes"] = sum(row.cur_size for row, _ in sized)
        out["top"] = [
            {"name": row.name, "bytes": row.cur_size, "in_use": _known(row.in_use), "elem_size": _known(row.elem_size), **extra}
            for row, extra in top
        ]
    return out | {"skipped_rows": skipped}


def say(capture: Capture, listings: Sequence[dict[str, Any]]) -> None:
    """Put listings into `capture.said`: the only one as it is, several as `snapshots`; and `trust`."""
    if len(listings) == 1:
        capture.said.update(listings[0])
    else:
        capture.said.update(snapshots=list(listings), skipped_rows=sum(listing["skipped_rows"] for listing in listings))
    capture.said["trust"] = capture.trust


def _known(value: int) -> int | None:
    return None if value == UNKNOWN else value
