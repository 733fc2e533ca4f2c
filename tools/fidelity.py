"""Compare the model with the real kernel: run the workload of each stream, and compare the events one by one.

    python tools/fidelity.py [--streams DIR] [--write docs/fidelity-streams.md]

The folder has streams in the format of docs/stream-format.md (default: $STREAMS, or the small streams of the tests). The model does not
read a stream: WORKLOADS lists what is run.
"""

import argparse
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from zoneviz.app.imports import import_stream
from zoneviz.app.running import run as app_run
from zoneviz.playback.compare import Comparison, compare
from zoneviz.recording import Recording
from zoneviz.spec import RunSpec

ROOT = Path(__file__).resolve().parents[1]
SMALL = ROOT / "tests" / "importers" / "data"
BEGIN, END = "<!-- written by make fidelity: begin -->", "<!-- written by make fidelity: end -->"


@dataclass(frozen=True, slots=True)
class Workload:
    """A run that repeats what ran on the real kernel. `only`: if it repeats a part, what is missing."""

    scenario: str
    settings: tuple[str, ...] = ()
    only: str = ""
    profile: str = "upstream-2007"


WORKLOADS = {
    "01_fork_like_2m": Workload("kernel-loop", ("operation=fork_like", "zone_map_size=2M")),
    "03_task_create_12m": Workload("kernel-loop", ("operation=task_create",)),
    "05_thread_receive_4m": Workload("kernel-loop", ("operation=thread_receive", "zone_map_size=4M")),
    "08_dead_name_10000_12m": Workload("kernel-loop", ("operation=dead_name_storm", "count=10000")),
    "10_forkrun_12m": Workload("fork-chain"),
    "12_messages_4000_4m": Workload("kernel-loop", ("operation=mach_msg_send", "zone_map_size=4M")),
    "14_boot_64m_zonemap32m": Workload("boot", ("ram=64M", "zone_map_size=32M")),
    "storm_survived_n5_16m": Workload(
        "storm-survived",
        ("jitter=0", "zone_map_size=16M", "task_max=65536", "thread_max=65536"),
        "The order is determined until the clock first interrupts a worker that holds the lock; from there it depends on single ticks.",
    ),
    "y05_task_create_16m": Workload("kernel-loop", ("operation=task_create", "zone_map_size=16M"), profile="upstream-2005"),
}


@dataclass(frozen=True, slots=True)
class Result:
    """The comparison of a run and a stream: A is the model, B the real kernel."""

    name: str
    workload: Workload
    comparison: Comparison

    @property
    def whole(self) -> bool:
        """Whether events, sizes, addresses and the end are all equal."""
        c = self.comparison
        return not (c.divergence or c.size or c.place) and c.panics[0] == c.panics[1]


def streams(folder: Path) -> list[Path]:
    """The streams of a folder that have a workload, in order of their names."""
    found = {path.name.split(".")[0]: path for path in sorted(folder.iterdir()) if ".csv" in path.suffixes}
    return [path for name, path in found.items() if name in WORKLOADS]


def measure(stream: Path, folder: Path) -> Result:
    """Run the workload of a stream, import the stream, and compare the two. `folder`: for the recordings.

    Errors: as `app.run` and `app.import_stream`.
    """
    name = stream.name.split(".")[0]
    workload = WORKLOADS[name]
    model, real = folder / f"{name}-model.zvz", folder / f"{name}-real.zvz"
    app_run(RunSpec(workload.scenario, workload.profile, workload.settings, output=model, force=True))
    import_stream(stream, real, force=True)
    with Recording(model) as a, Recording(real) as b:
        return Result(name, workload, compare(a, b))


def row(result: Result) -> str:
    """A row of the table."""
    c = result.comparison
    rounds = [f"; {count:,} rounds" if min(c.operations) else "" for count in c.operations]  # some programs do not count them
    ends = [f"{panic or outcome}{count}" for panic, outcome, count in zip(c.panics, c.outcomes, rounds, strict=True)]
    run = " ".join([result.workload.scenario, *result.workload.settings])
    return f"| {result.name} | `{run}` | {c.prefix:,} of {c.lengths[1]:,} | {_addresses(c)} | {ends[0]} | {ends[1]} |"


def _addresses(c: Comparison) -> str:
    found = [d.index for d in (c.size, c.place) if d is not None]
    return f"until {min(found):,}" if found else "all equal" if not c.constant else f"all equal, + {c.constant:#x}"


def report(results: list[Result]) -> str:
    """The table, and a sentence for each stream that differs."""
    lines = [
        "| stream | run here | equal events | sizes and addresses | model ends | real kernel ends |",
        "|---|---|---|---|---|---|",
        *map(row, results),
        "",
    ]
    for result in results:
        if not result.whole:
            lines += [f"- {result.name}: {' '.join(filter(None, (result.workload.only, result.comparison.verdict)))}"]
    whole = sum(result.whole for result in results)
    lines += ["", f"{whole} of {len(results)} are equal from the first zinit to the last event."]
    kinds = ", ".join(results[0].comparison.kinds) if results else ""
    return "\n".join([*lines, "", f"Compared: {kinds}.", ""])


def write(document: Path, text: str) -> None:
    """Put `text` between the markers of a document.

    Errors: ValueError if the document has no markers.
    """
    before, found, rest = document.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not found or not end:
        raise ValueError(f"{document} has no markers {BEGIN} ... {END}")
    document.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}")


def main(args: list[str] | None = None) -> int:
    """The exit status: 0; 1 if there is nothing to compare."""
    parser = argparse.ArgumentParser(description="Compare the model with streams of the real kernel, event by event.")
    parser.add_argument("--streams", type=Path, default=Path(os.environ.get("STREAMS") or SMALL), help="a folder with streams")
    parser.add_argument("--write", type=Path, help="a document to write the table into, between its markers")
    given = parser.parse_args(args)
    found = streams(given.streams) if given.streams.is_dir() else []
    if not found:
        print(f"{given.streams} has no stream with a known workload.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        results = [measure(stream, Path(folder)) for stream in found]
    text = report(results)
    print(text)
    if given.write:
        write(given.write, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
