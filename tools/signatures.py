"""The library of signatures that `zoneviz resembles` compares with, and how often it is right on other runs.

    python tools/signatures.py [--library resources/signatures.json] [--write docs/diagnosis.md] [--score] [--workers 1]

Sweeps make the library. The runs that score it have other seeds, settings and profiles; a scenario is also left out to see whether the
answer is "none".
"""

import argparse
import os
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote
from typing import Any

from zoneviz.app.captures import import_files
from zoneviz.app.grid import Grid
from zoneviz.app.model import model_version
from zoneviz.app.pool import run_all
from zoneviz.app.running import run
from zoneviz.errors import InputError
from zoneviz.mach.profile import DEFAULT_PROFILE
from zoneviz.playback.likeness import Known, Library, distance
from zoneviz.playback.signature import Signature, signature
from zoneviz.recording import Recording
from zoneviz.resources import signatures
from zoneviz.settings import text
from zoneviz.spec import SEED, RunSpec
from zoneviz.words import count

BEGIN, END = "<!-- written by make signatures: begin -->", "<!-- written by make signatures: end -->"
MOST = 500_000
"""Events after which a run is interrupted: it is then compared without its end."""
LONG = 1_000_000
"""The same for runs that open files first and end as they close them."""
ALIKE = 0.01
"""A run this near to another one of its scenario is left out of the library."""
WITHIN = 0.9
"""The share of the library's own runs that the others must recognise."""
ANTRIK, UPSTREAM, DEBIAN = "antrik-2005", "upstream-2005", "debian-2007"
OPERATIONS = (
    "task_create", "task_inherit_thread", "mach_port_allocate", "thread_create", "thread_receive", "vm_allocate", "vm_allocate_touch",
    "mach_msg_send", "port_set_allocate", "dead_name", "task_with_ports", "fork_like", "thread_send", "no_senders_storm", "dead_name_storm",
    "churn",
)  # fmt: skip
CALLS = "call=magic,script,execve,sigexc,address,reparent,hook,reply,lookup"
SAMPLES = Path(__file__).resolve().parents[1] / "tests" / "importers"
STREAMS = {"10_forkrun_12m": "fork-chain", "12_messages_4000_4m": "kernel-loop operation=mach_msg_send"}
"""The streams of a real GNU Mach in SAMPLES that do what a scenario does."""
FORKING = ("fork-bomb", "fork-recursively", "fork-with-exec")


@dataclass(frozen=True, slots=True)
class Sweep:
    """Runs of one name in the library: a scenario, or one that a setting makes another workload."""

    name: str
    spec: RunSpec
    vary: tuple[str, ...]
    seeds: tuple[int, ...] = (1,)

    def runs(self) -> Iterator[tuple[str, RunSpec]]:
        """Name and run of each combination and seed."""
        specs: Iterable[RunSpec] = (self.spec,)
        if self.vary:
            specs = (job.spec for job in Grid.of(self.spec, list(self.vary), 1).jobs())
        for spec in specs:
            for seed in self.seeds:
                yield self.name, replace(spec, seed=seed, record=True)


def sweep(name: str, settings: str = "", *vary: str, profile: str = ANTRIK, seeds: tuple[int, ...] = (1,), most: int = MOST) -> Sweep:
    """A sweep from words. `name`: the scenario, and the setting in its name."""
    scenario, *own = name.split()
    return Sweep(name, RunSpec(scenario, profile, [*own, *settings.split()], max_events=most), vary, seeds)


def library_sweeps() -> Iterator[Sweep]:
    """What the library is made of."""
    for name in FORKING:
        yield sweep(name, "", "zone_map_size=256K,512K,1M,2M", "session=console,ssh")
    yield sweep("port-leak", "", "zone_map_size=512K,1M,2M,4M", "processes=1,10")
    for name in (*FORKING, "port-leak"):
        for profile in (UPSTREAM, DEBIAN):
            yield sweep(name, "zone_map_size=768K", profile=profile)
    for operation in OPERATIONS:
        name = f"kernel-loop operation={operation}"
        yield sweep(name, "", "zone_map_size=512K,1M,2M")
        for profile in (UPSTREAM, DEBIAN):
            yield sweep(name, "zone_map_size=768K", profile=profile)
    yield sweep("kernel-loop operation=messages_then_gc", "", "zone_map_size=4M,8M", "count=300,800")
    yield sweep("server-calls", "count=300", CALLS)
    yield sweep("server-calls", "count=600", CALLS, profile=DEBIAN)
    for close in ("kill", "slow"):
        yield sweep("ports-to-dev-null", f"close={close}", "zone_map_size=1M,2M,4M", "opens=150,300", "descriptors=no", most=LONG)
        yield sweep("ports-to-dev-null", f"close={close} processes=5", "zone_map_size=1M,2M", "opens=200,400", profile=UPSTREAM, most=LONG)
    yield sweep("ports-to-dev-null", "zone_map_size=2M descriptors=no", "opens=400,450", most=LONG)
    yield sweep("ports-to-dev-null close=never", "descriptors=no", "zone_map_size=1M,4M", "opens=150,600")
    yield sweep("ports-to-dev-null close=never", "descriptors=no opens=300", "zone_map_size=2M", profile=DEBIAN)
    yield sweep("open-from-few-processes", "", "zone_map_size=1M,2M", "processes=1,3")
    yield sweep("five-children", "", "children=5,20", "session=console,ssh")
    yield sweep("package-build", "", "scale=0.05,0.1", "burst=10,40")
    yield sweep("disk-load", "", "pages=500,2000", "file=4,32")
    yield sweep("storm-survived", "", "clients=3,5", "opens=200,500")
    yield sweep("fork-chain", "", "children=4,8,12")
    for profile in (ANTRIK, UPSTREAM, DEBIAN):
        yield sweep("kernel-ops", profile=profile)


def held_out_sweeps() -> Iterator[Sweep]:
    """Other runs of the same scenarios."""
    for name in FORKING:
        yield sweep(name, "zone_map_size=1280K session=screen rate=25", seeds=(11, 12))
        yield sweep(name, "zone_map_size=896K jitter=1", profile="debian-2005", seeds=(13,))
        yield sweep(name, "zone_map_size=8M", seeds=(14,), most=300_000)
    yield sweep("port-leak", "zone_map_size=1280K processes=5 session=ssh rate=300", seeds=(21, 22))
    yield sweep("port-leak", "zone_map_size=3M processes=50", profile="upstream-2007", seeds=(23,))
    for operation in (*OPERATIONS, "messages_then_gc"):
        name = f"kernel-loop operation={operation}"
        size = "6M" if operation == "messages_then_gc" else "1536K"
        yield sweep(name, f"zone_map_size={size}", profile="debian-2005", seeds=(31,))
        yield sweep(name, "zone_map_size=5M", profile="upstream-2007", seeds=(32,), most=300_000)
    yield sweep("server-calls", "count=450 session=ssh", CALLS, profile=UPSTREAM, seeds=(41,))
    ways = ("close=kill,fast,slow", "zone_map_size=1280K,3M", "opens=200,500")
    yield sweep("ports-to-dev-null", "descriptors=no", *ways, seeds=(51,), most=LONG)
    storms = "opens=450 processes=12 zone_map_size=1536K"
    yield sweep("ports-to-dev-null", storms, "close=kill,slow", profile="debian-2005", seeds=(52,), most=LONG)
    yield sweep("ports-to-dev-null close=never", "zone_map_size=1536K processes=7 opens=500", "descriptors=yes,no", seeds=(53,))
    yield sweep("open-from-few-processes", "zone_map_size=1536K processes=2", profile=UPSTREAM, seeds=(61,))
    yield sweep("five-children", "children=10 session=screen", seeds=(62, 63))
    yield sweep("package-build", "scale=0.08 burst=20 session=ssh", seeds=(64, 65))
    yield sweep("disk-load", "pages=1200 file=8", seeds=(66,))
    yield sweep("storm-survived", "clients=4 opens=350", seeds=(67,))
    yield sweep("fork-chain", "children=10 regions=15", seeds=(68,))
    yield sweep("kernel-ops", profile="upstream-2007")


def foreign_sweeps() -> Iterator[Sweep]:
    """Runs of scenarios that the library does not have."""
    yield sweep("boot")
    yield sweep("steps")
    yield sweep("steps", "", "steps=ports 4000; free 2000; regions 3000; threads 300", seeds=(71,))
    yield sweep("null-at-32768", "each=300 zone_map_size=4M", "opens=1000,3000", seeds=(72,))


def captured() -> Iterator[tuple[str, str, Signature | None]]:
    """The recordings of real machines in tests/importers: what each is, the name it should get, its signature.

    Files that cannot be imported are left out.
    """
    for path in sorted(path for name in ("data", "series", "captures") for path in (SAMPLES / name).rglob("*")):
        if path.suffix in (".json", ".md") or path.parent.name == "heads" or not path.is_file():
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                files = [made["file"] for made in import_files([path], Path(folder) / "a.zvz")["recordings"]]
            except InputError:
                continue
            for file in files:
                with Recording(file) as recording:
                    found = signature(recording)
                    what = "streams of a real GNU Mach" if path.parent.name == "data" else "captures of one moment"
                    what = "captures of other systems, over time" if found and path.parent.name != "data" else what
                    yield what, STREAMS.get(path.name.partition(".")[0], "none"), found


def ran(sweeps: Iterable[Sweep], workers: int) -> list[tuple[str, str, Signature | None]]:
    """Name, command and signature of all runs, in the order of the sweeps."""
    jobs = [each for sweep in sweeps for each in sweep.runs()]
    found: dict[tuple[str, RunSpec], Signature | None] = {}

    def finished(job: tuple[str, RunSpec], sign: Signature | None) -> None:
        found[job] = sign
        print(f"{len(found):4} of {len(jobs)}: {command(job[1])}{'' if sign else '   <- no signature'}", flush=True)

    if workers == 1:
        for job in jobs:
            finished(job, signed(job))
    else:
        run_all(signed, jobs, workers, finished, lambda job: None)
    return [(name, command(spec), found[name, spec]) for name, spec in jobs]


def made(sweeps: Iterable[Sweep], workers: int) -> list[Known]:
    """The runs that have a signature."""
    return [Known(name, command, sign) for name, command, sign in ran(sweeps, workers) if sign is not None]


def signed(job: tuple[str, RunSpec]) -> Signature | None:
    """The signature of a run. Its recording is deleted."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.zvz"
        run(replace(job[1], output=path))
        with Recording(path) as recording:
            return signature(recording)


def command(spec: RunSpec) -> str:
    """What runs it, without what is the default."""
    settings = [f"--set {quote(f'{name}={_typed(name, value)}')}" for name, value in spec.settings.items()]
    profile = [f"--profile {spec.profile}"] if spec.profile != DEFAULT_PROFILE else []
    seed = [f"--seed {spec.seed}"] if spec.seed != SEED.default else []
    return " ".join([f"zoneviz run {spec.scenario}", *profile, *settings, *seed])


def _typed(name: str, value: Any) -> str:
    """A value as it is typed: a grid has sizes in bytes."""
    if name == "zone_map_size" and isinstance(value, int):
        return f"{value >> 20}M" if value % (1 << 20) == 0 else f"{value >> 10}K"
    return text(value)


def threshold(known: Sequence[Known]) -> float:
    """Where "none" begins: the distance within which WITHIN of the runs have another of their scenario; all scenarios count the same."""
    counts = Counter(each.name for each in known)
    spread = []
    for one in known:
        others = [distance(one.signature, each.signature) for each in known if each.name == one.name and each is not one]
        if others:
            spread.append((min(others), 1 / counts[one.name]))
    left, total = sum(weight for _, weight in spread), sum(weight for _, weight in spread)
    for far, weight in sorted(spread):
        left -= weight
        if left <= (1 - WITHIN) * total:
            return round(far + 0.005, 2)
    raise ValueError("no scenario has two runs")


def thinned(known: Sequence[Known]) -> list[Known]:
    """The runs without those that are nearly the same as another of their scenario."""
    kept: list[Known] = []
    for one in known:
        if all(each.name != one.name or distance(each.signature, one.signature) >= ALIKE for each in kept):
            kept.append(one)
    return kept


def answer(library: Library, found: Signature | None) -> str:
    """The name of the scenario, or "none"."""
    like = library.ranked(found).like
    return like[0].name if like else "none"


def table(library: Library, held_out: Sequence[Known]) -> str:
    """The table of docs/diagnosis.md: for each scenario what its held-out runs are named, with it in the library and without."""
    heads = ("scenario", "runs", "named so", "named otherwise, or none", "left out of the library: named none", "named otherwise")
    rows = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    groups: dict[str, list[Signature]] = defaultdict(list)
    for each in held_out:
        groups[each.name].append(each.signature)
    totals = Counter[str]()
    for name, group in groups.items():
        named, left_out = (Counter(answer(shelf, each) for each in group) for shelf in (library, library.without(name)))
        right, none = named.pop(name, 0), left_out.pop("none", 0)
        totals += Counter(runs=len(group), right=right, none=none)
        rows.append(f"| {name} | {len(group)} | {right} | {_counted(named)} | {none} | {_counted(left_out)} |")
    rows.append(f"| **all** | {totals['runs']} | {totals['right']} | | {totals['none']} | |")
    return "\n".join([f"{count(len(library.known), 'run')} in the library; none from a distance of {library.none_above:g} on.", "", *rows])


def strangers(library: Library, found: Iterable[tuple[str, str, Signature | None]]) -> str:
    """A table of other recordings: what they are, the name that they should get, and what they are named."""
    groups: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for what, like, each in found:
        groups[what, like][answer(library, each)] += 1
    rows = ["| other recordings | should be named | number | named so | named otherwise |", "|---|---|---|---|---|"]
    for (what, like), named in groups.items():
        rows.append(f"| {what} | {like} | {named.total()} | {named.pop(like, 0)} | {_counted(named)} |")
    return "\n".join(rows)


def _counted(names: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in names.most_common())


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, default=signatures(), help="the library to write, or with --score to read")
    parser.add_argument("--write", type=Path, help="write the table between the marks of this document")
    parser.add_argument("--score", action="store_true", help="score the library that is there")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes")
    asked = parser.parse_args()
    if asked.score:
        library = Library.from_text(asked.library.read_text("utf-8"))
    else:
        known = made(library_sweeps(), asked.workers)
        library = Library(thinned(known), threshold(known), model_version())
        asked.library.write_text(library.to_text(), "utf-8")
        print(f"{asked.library}: {len(library.known)} of {len(known)} runs, none above {library.none_above}")
    found = table(library, made(held_out_sweeps(), asked.workers))
    others = [(name, "none", sign) for name, _, sign in ran(foreign_sweeps(), asked.workers)]
    found += "\n\n" + strangers(library, [*others, *captured()])
    print(f"\n{found}")
    if asked.write is not None:
        before, _, rest = asked.write.read_text("utf-8").partition(BEGIN)
        asked.write.write_text(f"{before}{BEGIN}\n{found}\n{END}{rest.partition(END)[2]}", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
