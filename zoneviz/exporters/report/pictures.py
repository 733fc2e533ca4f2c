"""Pictures of a report's page: those of views in both themes, and the pages of the zone map without a script."""

import io
from base64 import b64encode

import numpy as np
from PIL import Image

from zoneviz import palette, words
from zoneviz.exporters.report import Facts
from zoneviz.exporters.report.charts import text
from zoneviz.exporters.report.data import page_names
from zoneviz.exporters.report.pagefilm import PageFilm

WIDTH, BREAK = 1024, 14
"""Width of the pages in pixels, and the gap between boot memory and zone_map."""
_NARROW, _WIDE = 64, 128
"""Cells in a row, of few and of many cells."""
_TALL = 16
"""Height of a cell in pixels, without the gap."""
THEMES = {False: ("#e3e6ea", "#c4261d", "#f4f5f7"), True: ("#2b3038", "#ff8a80", "#1d2126")}
"""By whether it is dark: colours of free elements, unusable ends, and of what no zone has."""


def picture(title: str, light: bytes, dark: bytes) -> str:
    """A picture with its title, as markup that chooses the theme."""
    return f"<figure>{_both(title, light, dark)}<figcaption>{text(title)}</figcaption></figure>"


def page_pictures(facts: Facts) -> str:
    """The pages at the moment of the report; the script draws them at others."""
    film = facts.pages
    if film is None:
        return ""
    title = f"The pages of boot memory and of the zone map, {facts.clock(film.x[-1])}"
    light, dark = (_png(film, facts, dark) for dark in (False, True))
    of = "one page" if film.per == 1 else f"{words.number(film.per)} pages"
    caption = f"Each cell is {of}, in order of address: boot memory, then zone_map. Bytes of one colour are of one zone, as in the chart."
    keys = "".join(
        f"<li><i class={name}></i><span>{text(label)}</span></li>"
        for name, label in zip(("free", "lost", "unused"), page_names(film, facts.series.stack.names)[-3:], strict=True)
    )
    return (
        f"<figure id=pages>{_both(title, light, dark)}<ul class=keys>{keys}</ul><p class=readout>State {text(facts.clock(film.x[-1]))}.</p>"
        f"<figcaption>{text(caption)}</figcaption></figure>"
    )


def columns(cells: int) -> int:
    """Cells in a row."""
    return _NARROW if cells <= 1500 else _WIDE


def _png(film: PageFilm, facts: Facts, dark: bool) -> bytes:
    slots = film.slots[-1]
    wide = columns(len(slots))
    cell, (free, lost, unused) = WIDTH // wide, THEMES[dark]
    colours = [pair[dark] for pair in facts.series.colours[: film.bands]]
    colours += [palette.other(dark), free, lost, unused]
    rows = []
    for part in (slots[: film.boot], slots[film.boot :]):
        for first in range(0, len(part), wide):
            row = np.full((_TALL + 2, WIDTH), len(colours), np.uint8)
            for i, each in enumerate(part[first : first + wide]):
                drawn = each[np.arange(_TALL) * len(each) // _TALL]
                row[:_TALL, i * cell : (i + 1) * cell - 2] = drawn[:, np.newaxis]
            rows.append(row)
        if part is not slots and film.boot and len(rows) == -(-film.boot // wide):
            rows.append(np.full((BREAK, WIDTH), len(colours), np.uint8))
    image = Image.fromarray(np.concatenate(rows), "P")
    image.putpalette([value for colour in [*colours, unused] for value in palette.parts(colour)])
    out = io.BytesIO()
    image.save(out, "PNG", transparency=len(colours), optimize=True)
    return out.getvalue()


def _both(title: str, light: bytes, dark: bytes) -> str:
    small, large = (f"data:image/png;base64,{b64encode(data).decode()}" for data in (light, dark))
    source = f"<source media='screen and (prefers-color-scheme:dark)' srcset='{large}'>"
    return f"<picture>{source}<img src='{small}' alt='{text(title)}'></picture>"
