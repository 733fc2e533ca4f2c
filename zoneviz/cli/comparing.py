"""Printing a comparison of two recordings, for `compare` and `run --against`."""

from typing import TYPE_CHECKING

from zoneviz import words
from zoneviz.cli.output import console, print_json, print_pairs, table
from zoneviz.playback.compare import Comparison
from zoneviz.playback.compare.readings import READING_COLUMNS, ReadingsCompared
from zoneviz.playback.compare.sides import divergence_lines
from zoneviz.playback.compare.tables import Figure
from zoneviz.words import plain

if TYPE_CHECKING:
    from rich.console import Console

ROWS = 10
"""Most rows of a table."""


def print_comparison(c: Comparison, json: bool) -> None:
    """Print a comparison as tables and sentences, or as JSON."""
    if json:
        print_json(c.as_json())
        return
    out = console()
    equal = f"{words.number(c.equal)} of {words.number(max(c.lengths))} compared events"
    equal += f", the first {words.number(c.prefix)} without a gap" if c.divergence else ""
    operations = ", ".join(f"{name} {words.number(count)}" for name, count in zip("AB", c.operations, strict=True))
    print_pairs([("A", c.files[0]), ("B", c.files[1]), ("equal", equal), ("operations", operations)])
    for what, divergence in (("in what happened", c.divergence), ("in a size", c.size), ("in an address", c.place)):
        if divergence is not None:
            out.print()
            for line in divergence_lines(what, divergence):
                out.print(plain(line))
    if c.tables:
        last = c.tables[-1]
        _print_moments(out, c)
        for name, figures in (("zone", last.zones), ("task", last.tasks), ("call path", last.paths)):
            _print_figures(out, name, last.what, figures)
    out.print()
    out.print(plain(c.verdict))


def print_readings(found: ReadingsCompared, json: bool) -> None:
    """Print a comparison of readings: the result, then the zones that differ; or as JSON."""
    if json:
        print_json(found.as_json())
        return
    out = console()
    for sentence in found.sentences:
        out.print(plain(sentence))
    rows = [(zone.name, *zone.cells()) for zone in found.zones[:ROWS]]
    if rows:
        out.print()
        out.print(table(("zone", *READING_COLUMNS), rows, right=READING_COLUMNS))


def _print_moments(out: "Console", c: Comparison) -> None:
    out.print()
    rows = [
        (t.what, *map(words.number, t.seqs), *map(words.size, t.zone_map), words.signed_size(t.zone_map[1] - t.zone_map[0]))
        for t in c.tables
    ]
    names = ("moment", "event of A", "of B", "zone_map of A", "of B", "B - A")
    out.print(table(names, rows, right=names[1:]))


def _print_figures(out: "Console", name: str, what: str, figures: list[Figure]) -> None:
    unequal = [figure for figure in figures if figure.differs]
    out.print()
    if not unequal:
        out.print(f"By {name}, {plain(what)}: no difference.")
        return
    out.print(f"By {name}, {plain(what)}: {words.number(len(unequal))} of {words.number(len(figures))} differ.")
    rows = []
    for f in unequal[:ROWS]:
        elements = (words.number(f.elements[0]), words.number(f.elements[1]), words.signed(f.elements[1] - f.elements[0]))
        grown = (words.signed_size(f.grown[0]), words.signed_size(f.grown[1])) if name == "zone" else ()
        rows.append((f.name, *elements, *map(words.size, f.bytes), words.signed_size(f.more), *grown))
    names = [name, "elements A", "B", "B - A", "bytes A", "B", "B - A"] + (["grown A", "B"] if name == "zone" else [])
    out.print(table(names, rows, right=names[1:]))
