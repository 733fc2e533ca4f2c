"""How good the forecast is: seeded runs that fill zone_map, cut at 80 % of their time, counted in a table.

    python tools/forecast.py [--write docs/forecast.md] [--seeds 20]

Each run is forecast from its first 80 % alone; the truth is the moment at which its use of zone_map was highest for the first time.
Beside it stands the naive line through the last two points. Runs whose zone_map never fills must not get a date before their end.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zoneviz.app.running import run as app_run
from zoneviz.playback.forecast import forecast
from zoneviz.playback.series import Series
from zoneviz.recording import Recording
from zoneviz.spec import RunSpec

BEGIN, END = "<!-- written by make forecast: begin -->", "<!-- written by make forecast: end -->"
SHOWN = 0.8
"""Share of a run's time that the forecast sees."""

RUNS = (
    ("fork-bomb", "antrik-2005", "zone_map_size=1M"),
    ("fork-bomb", "debian-2007", "zone_map_size=1M rate=3 jitter=1"),
    ("fork-bomb", "upstream-2005", "zone_map_size=1M session=ssh"),
    ("fork-recursively", "antrik-2005", "zone_map_size=1M"),
    ("fork-with-exec", "antrik-2005", "zone_map_size=1M"),
    ("port-leak", "antrik-2005", "zone_map_size=1M"),
    ("port-leak", "antrik-2005", "zone_map_size=768K processes=1 rate=5000"),
    ("port-leak", "debian-2007", "zone_map_size=768K processes=20 session=ssh"),
    ("kernel-loop", "upstream-2007", "operation=fork_like zone_map_size=1M"),
    ("kernel-loop", "antrik-2005", "operation=mach_msg_send zone_map_size=1M"),
    ("kernel-loop", "antrik-2005", "operation=thread_receive zone_map_size=1M"),
    ("kernel-loop", "upstream-2007", "operation=mach_port_allocate zone_map_size=1M"),
    ("ports-to-dev-null", "upstream-2005", "close=never zone_map_size=768K opens=4000 processes=7"),
    ("ports-to-dev-null", "antrik-2005", "zone_map_size=1M opens=900 processes=5"),
    ("package-build", "antrik-2005", "scale=0.1 burst=20"),
    ("fork-chain", "antrik-2005", "children=12"),
)
ALIKE = ("kernel-loop", "fork-chain")
"""Scenarios whose runs do not depend on the seed: one is enough."""
FILLED = 0.97
"""A run that used this share of zone_map filled it."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One run. `truth`: ns, None if zone_map was never full; `at`, `soonest`, `latest`, `naive`: ns after the cut, or None."""

    run: tuple[str, str, str]
    truth: float | None
    at: int | None
    soonest: int | None
    latest: int | None
    naive: float | None

    @property
    def inside(self) -> bool:
        """Whether the truth lies in the range."""
        assert self.truth is not None
        return self.soonest is not None and self.latest is not None and self.soonest <= self.truth <= self.latest


def score(path: Path, run: tuple[str, str, str]) -> Scored | None:
    """The forecast for a recording; None if its zone_map was full before the cut."""
    with Recording(path) as recording:
        series = Series()
        series.load(recording)
        points = series.window(*series.extent)
        limits = series.limits
        limit = None if limits is None else limits.zone_map()
        assert limit is not None
        used, times = points.count("zone_map_used"), points.times
    filled = used.max() >= FILLED * limit.size
    size = int(used.max()) if filled else limit.size
    cut = times[0] + (times[-1] - times[0]) * SHOWN
    truth = float(times[int(np.argmax(used >= size))]) if filled else None
    if truth is not None and truth <= cut:
        return None
    seen = times <= cut
    times, used = times[seen], used[seen]
    found = forecast(times, used, size, int(cut))
    slope = (used[-1] - used[-2]) / max(times[-1] - times[-2], 1) if len(times) > 1 else 0
    naive = times[-1] + (size - used[-1]) / slope - cut if slope > 0 else None
    at, soonest, latest = (None, None, None) if found is None else (found.at, found.soonest, found.latest)
    at, soonest, latest = (None if time is None else time - int(cut) for time in (at, soonest, latest))
    return Scored(run, None if truth is None else truth - cut, at, soonest, latest, naive)


def scores(folder: Path, seeds: int) -> Iterator[Scored]:
    """Make and score each run; a recording is deleted with the folder."""
    path = folder / "run.zvz"
    for run in RUNS:
        scenario, profile, settings = run
        for seed in range(1, 2 if scenario in ALIKE else seeds + 1):
            app_run(RunSpec(scenario, profile, settings.split(), seed=seed, output=path, force=True, max_events=1_500_000))
            found = score(path, run)
            if found is not None:
                print(found, flush=True)
                yield found


def _error(values: Sequence[tuple[float, float]]) -> str:
    """The median of the relative errors of (forecast, truth), counted from the cut."""
    errors = [abs(at - truth) / truth for at, truth in values]
    return f"{statistics.median(errors):.0%}".replace("%", " %") if errors else ""


def table(found: list[Scored], seeds: int) -> str:
    """The table of docs/forecast.md."""
    lines = [
        f"{len(found):,} runs: {seeds} seeds of each kind, one where the seed does not matter.",
        "",
        "| runs | zone_map fills | a date was given | the truth in its range | median error | naive line: a date | median error |",
        "|---|---|---|---|---|---|---|",
    ]
    kinds = list(dict.fromkeys(each.run for each in found))
    for kind in [*kinds, None]:
        group = [each for each in found if kind is None or each.run == kind]
        full = [(each, each.truth) for each in group if each.truth is not None]
        dated = [(each.at, truth) for each, truth in full if each.at is not None]
        naive = [(each.naive, truth) for each, truth in full if each.naive is not None]
        inside = sum(each.inside for each, _ in full)
        name = "**all**" if kind is None else f"`{kind[0]} {kind[2]}` {kind[1]}"
        cells = (f"{len(full)} of {len(group)}", len(dated), f"{inside} of {len(dated)}", _error(dated), len(naive), _error(naive))
        lines.append(f"| {name} | {' | '.join(map(str, cells))} |")
    early = [each for each in found if each.truth is None and each.at is not None]
    healthy = sum(each.truth is None for each in found)
    lines += ["", f"Of the {healthy} runs whose zone_map never filled, {len(early)} were given a date."]
    return "\n".join(lines)


def main() -> int:
    """The command line. Returns 1 if the truth lay in fewer than two thirds of the ranges."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path, help="write the table between the marks of this document")
    parser.add_argument("--seeds", type=int, default=20, help="runs of each kind")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = list(scores(Path(folder), asked.seeds))
    text = table(found, asked.seeds)
    print(f"\n{text}")
    if asked.write is not None:
        before, _, rest = asked.write.read_text().partition(BEGIN)
        asked.write.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}")
    dated = [each for each in found if each.truth is not None and each.at is not None]
    return int(sum(each.inside for each in dated) < len(dated) * 2 / 3)


if __name__ == "__main__":
    sys.exit(main())
