"""The end of a recording of this machine, in the terminal."""

from collections.abc import Mapping
from typing import Any

from zoneviz import words
from zoneviz.cli.output import biggest, console, print_pairs, zone_table
from zoneviz.playback.shown import differences
from zoneviz.recording.header import LIVE
from zoneviz.recording.outcome import outcome
from zoneviz.words import plain


def print_recorded(result: Mapping[str, Any]) -> None:
    """Print how a recording of this machine ended, what was lost, and the largest caches."""
    out = console()
    taken = f"{words.count(result['readings'], 'reading')} in {words.duration(round(result['seconds'] * 1e9))}"
    end = outcome(result["outcome"], LIVE).word.lower()
    rows: list[tuple[str, object]] = [("outcome", end), ("readings", taken), ("events", words.number(result['events']))]
    if result.get("why"):
        rows.insert(1, ("why", result["why"]))
    if "lost_events" in result:
        rows.append(("lost events", words.number(result['lost_events'])))
    if "alerts" in result:
        rows.append(("alerts", words.number(len(result['alerts']))))
    rows.append(("recording", result["file"]))
    print_pairs(rows)
    for heading, lines in (
        ("What it cannot show, or leaves open:", [*result["cannot_show"], *result["trust"]]),
        ("What events alone count, and what the machine reports:", differences(result)),
    ):
        if lines:
            out.print(f"\n{heading}")
            for line in lines:
                out.print(f"- {plain(line)}")
    out.print(f"\nThe largest {result['zone_noun']}s:")
    out.print(zone_table(biggest(result["zones"]), result["zone_noun"]))
