"""What the script of a report's page draws from: the curves and pages as JSON, integers as differences of neighbours.

    by              what the axis counts: "event" or "reading"; "" for seconds
    low, high       extent of the axis
    scale           places of the axis are integers divided by this
    x, bands        places, and bytes of each zone with a band there: [{name, values}]
    limit, limit_words, boot    upper bound of all bands in bytes (0 if unknown) and its label
    at, counts      {x, seqs}: places and events of samples, and counts of the machine there: [{name, values}]
    remarks         places of notes
    pages           {names, letters, cells, slots, per, boot, addresses, seqs, x, changes}, as `PageFilm`; null without pages. Each group
                    has a name and a letter. `changes`: of each moment [slots that stay, letters of those that follow, ...]
"""

import json
from typing import Any

import numpy as np

from zoneviz import words
from zoneviz.exporters.report import Facts
from zoneviz.exporters.report.curves import Curves
from zoneviz.exporters.report.pagefilm import PageFilm, Slots
from zoneviz.state.rows import Ints

SECONDS, COUNTED = 1_000_000_000, 1000
"""Scales of an axis of seconds, and of one that counts."""
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
NAME_LENGTH = 60
"""Characters of a zone's name."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"
FREE, LOST, UNUSED = "free elements", "unusable page ends", "not in use"


def embedded(facts: Facts) -> str:
    """The data as JSON that cannot end the element it is in."""
    text = json.dumps(described(facts), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate(_ESCAPES)


def described(facts: Facts) -> dict[str, Any]:
    """The data as above."""
    series, film = facts.series, facts.pages
    scale = COUNTED if series.counted else SECONDS
    return {
        "by": series.counted,
        "low": series.extent[0],
        "high": series.extent[1],
        "scale": scale,
        "x": _scaled(series.stack.x, scale),
        "bands": [{"name": _name(name), "values": _steps(values)} for name, values in zip(series.stack.names, layers(series), strict=True)],
        "limit": series.limit,
        "limit_words": limit_words(series),
        "at": {"x": _scaled(series.x, scale), "seqs": _steps(series.seqs)},
        "counts": [{"name": name, "values": _steps(values)} for name, values in series.counts.items()],
        "remarks": [remark.x for remark in facts.remarks],
        "pages": None if film is None else _pages(film, series.stack.names),
    }


def layers(series: Curves) -> Ints:
    """Bytes of each band, (b, n)."""
    tops = series.stack.tops
    return np.rint(np.diff(tops, axis=0, prepend=0)).astype(np.int64) if len(tops) else np.zeros((0, 0), np.int64)


def limit_words(series: Curves) -> str:
    """The label of the line at the limit."""
    reserved = f" + {words.size(series.boot)} reserved at boot" if series.boot else ""
    return f"limit: {words.size(series.limit - series.boot)} zone_map{reserved}" if series.limit else ""


def page_names(film: PageFilm, bands: list[str]) -> list[str]:
    """Names of the groups of bytes on the pages."""
    named = [_name(band) for band in bands]
    rest = named[film.bands :] or ["other zones"]
    return [*named[: film.bands], rest[0], FREE, LOST, UNUSED]


def _name(band: str) -> str:
    return words.one_line(band, NAME_LENGTH)


def _pages(film: PageFilm, bands: list[str]) -> dict[str, Any]:
    names = page_names(film, bands)
    flat = film.slots.reshape(len(film.slots), -1)
    before = np.full(flat.shape[1], film.unused, np.uint8)
    changes = []
    for now in flat:
        changes.append(_changes(before, now))
        before = now
    return {
        "names": names,
        "letters": LETTERS[: len(names)],
        "cells": film.slots.shape[1],
        "slots": film.slots.shape[2],
        "per": film.per,
        "boot": film.boot,
        "addresses": [words.address(int(film.addresses[i])) for i in (0, min(film.boot, len(film.addresses) - 1))],
        "first": [int(film.addresses[i]) for i in (0, min(film.boot, len(film.addresses) - 1))],
        "seqs": film.seqs,
        "x": film.x,
        "changes": changes,
    }


def _changes(before: Slots, now: Slots) -> list[int | str]:
    different = np.flatnonzero(before != now)
    out: list[int | str] = []
    place = 0
    # Runs that are a few slots apart cost less as one.
    for run in np.split(different, np.flatnonzero(np.diff(different) > 4) + 1):
        if len(run):
            first, past = int(run[0]), int(run[-1]) + 1
            out += [first - place, "".join(LETTERS[group] for group in now[first:past].tolist())]
            place = past
    return out


def _scaled(places: "np.typing.NDArray[np.float64]", scale: int) -> list[int]:
    return _steps(np.rint(places * scale).astype(np.int64))


def _steps(values: Ints) -> list[int]:
    steps: list[int] = np.diff(values, prepend=0).tolist()
    return steps
