"""How often the diagnosis names the planted cause: seeded runs that end in a known way, counted in a table.

    python tools/diagnosis.py [--write docs/diagnosis.md] [--only WORD]

The rules were written looking at the runs marked "seen". The held-out runs, with other settings, profiles and seeds, were not looked at.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from zoneviz.app.running import run
from zoneviz.playback.diagnosis import Diagnosis, diagnose
from zoneviz.playback.diagnosis.patterns import BACKLOG, CAUSE, EXPLOSION, FORK_BOMB, LEAK, NONE, RECURSIVE, by_largest
from zoneviz.recording import Recording
from zoneviz.spec import RunSpec

BEGIN, END = "<!-- written by make diagnosis: begin -->", "<!-- written by make diagnosis: end -->"


@dataclass(frozen=True, slots=True)
class Case:
    """A run with several seeds, and the cause planted in it."""

    planted: str
    spec: RunSpec
    seeds: tuple[int, ...]
    seen: bool

    def words(self) -> str:
        """The run as a command, shortened."""
        settings = " ".join(f"{name}={value}" for name, value in self.spec.settings.items())
        return f"`{self.spec.scenario} {settings}".rstrip() + f"` {self.spec.profile}"


def case(
    planted: str,
    scenario: str,
    settings: str = "",
    *,
    seeds: tuple[int, ...] = (1,),
    profile: str = "antrik-2005",
    seen: bool = False,
    max_events: int = 1_500_000,
) -> Case:
    """A case with its settings as words."""
    return Case(planted, RunSpec(scenario, profile, settings.split(), max_events=max_events), seeds, seen)


CASES = (
    # seen while the rules were written
    case(FORK_BOMB, "fork-bomb", "zone_map_size=4M", seen=True),
    case(FORK_BOMB, "kernel-loop", "operation=fork_like zone_map_size=2M", seen=True),
    case(FORK_BOMB, "kernel-loop", "operation=task_create zone_map_size=2M", seen=True),
    case(LEAK, "kernel-loop", "operation=mach_port_allocate zone_map_size=2M", seen=True),
    case(LEAK, "ports-to-dev-null", "close=never zone_map_size=1M opens=5000 descriptors=no processes=4", seen=True),
    case(EXPLOSION, "kernel-loop", "operation=thread_receive zone_map_size=2M", seen=True),
    case(EXPLOSION, "ports-to-dev-null", "zone_map_size=2M opens=1500 descriptors=no processes=5", seen=True),
    case(EXPLOSION, "ports-to-dev-null", "zone_map_size=1536K opens=700 processes=12", seeds=(34, 35), profile="upstream-2005", seen=True),
    case(BACKLOG, "kernel-loop", "operation=mach_msg_send zone_map_size=2M", seen=True),
    case(BACKLOG, "kernel-loop", "operation=dead_name_storm count=6000 zone_map_size=512K", seen=True),
    case(RECURSIVE, "fork-recursively", "zone_map_size=1M", seen=True),
    case(FORK_BOMB, "fork-with-exec", "zone_map_size=1M", seen=True),
    case(LEAK, "port-leak", "zone_map_size=1M", seen=True),
    case(NONE, "five-children", seen=True),
    case(NONE, "boot", seen=True),
    case(NONE, "fork-chain", seen=True),
    case(NONE, "ports-to-dev-null", seen=True),
    # held out
    case(FORK_BOMB, "fork-bomb", "zone_map_size=768K rate=3 jitter=1", seeds=(11, 12, 13)),
    case(FORK_BOMB, "fork-bomb", "zone_map_size=512K rate=100", seeds=(14,), profile="debian-2007"),
    case(FORK_BOMB, "fork-bomb", "zone_map_size=512K", seeds=(15,), profile="upstream-2005"),
    case(FORK_BOMB, "kernel-loop", "operation=task_inherit_thread zone_map_size=1M"),
    case(FORK_BOMB, "kernel-loop", "operation=fork_like regions=4 ports=60 threads=1 zone_map_size=1M", profile="upstream-2007"),
    case(FORK_BOMB, "kernel-loop", "operation=task_with_ports ports=8 zone_map_size=1M"),
    case(LEAK, "kernel-loop", "operation=mach_port_allocate zone_map_size=768K", profile="debian-2007"),
    case(LEAK, "kernel-loop", "operation=port_set_allocate"),
    case(LEAK, "kernel-loop", "operation=dead_name"),
    case(
        LEAK,
        "ports-to-dev-null",
        "close=never zone_map_size=768K opens=4000 descriptors=no processes=7",
        seeds=(21, 22),
        profile="upstream-2005",
    ),
    case(EXPLOSION, "kernel-loop", "operation=thread_create zone_map_size=768K", profile="upstream-2007"),
    case(EXPLOSION, "kernel-loop", "operation=thread_send zone_map_size=8M"),
    case(EXPLOSION, "ports-to-dev-null", "zone_map_size=1M opens=900 processes=5", seeds=(31, 32, 33)),
    case(EXPLOSION, "ports-to-dev-null", "zone_map_size=1536K opens=450 processes=12 close=fast", seeds=(36, 37), profile="debian-2005"),
    case(BACKLOG, "kernel-loop", "operation=mach_msg_send message_size=300 zone_map_size=1M"),
    case(BACKLOG, "kernel-loop", "operation=mach_msg_send message_size=8000 zone_map_size=1M", profile="upstream-2007"),
    case(BACKLOG, "kernel-loop", "operation=dead_name_storm count=10000 zone_map_size=1M", profile="upstream-2007"),
    case(BACKLOG, "kernel-loop", "operation=dead_name_storm count=5600 zone_map_size=448K", profile="debian-2007"),
    case(RECURSIVE, "fork-recursively", "zone_map_size=1280K session=ssh rate=30", seeds=(51, 52)),
    case(RECURSIVE, "fork-recursively", "zone_map_size=768K session=screen", seeds=(53,), profile="debian-2007"),
    case(FORK_BOMB, "fork-with-exec", "zone_map_size=1280K session=screen rate=50", seeds=(54,), profile="upstream-2005"),
    case(LEAK, "port-leak", "zone_map_size=768K processes=1 rate=5000", seeds=(55, 56)),
    case(LEAK, "port-leak", "zone_map_size=1536K processes=20 session=ssh", seeds=(57,), profile="debian-2007"),
    case(NONE, "package-build", "scale=0.1 burst=20", seeds=(58,)),
    case(NONE, "five-children", "children=8 session=ssh", seeds=(59,)),
    case(NONE, "boot", profile="debian-2007"),
    case(NONE, "kernel-ops"),
    case(NONE, "fork-chain", "children=12", seeds=(41,)),
    case(NONE, "fork-bomb", "zone_map_size=4M", seeds=(42,), max_events=60_000),
    case(NONE, "kernel-loop", "operation=dead_name_storm count=3000 zone_map_size=4M"),
    case(NONE, "ports-to-dev-null", "opens=150 processes=5 together=1", seeds=(43, 44)),
    case(NONE, "ports-to-dev-null", "opens=150 processes=5 close=slow pause=2", seeds=(45,)),
    case(NONE, "ports-to-dev-null", "opens=400 processes=5 libports=throttle", seeds=(46,)),
)


@dataclass(frozen=True, slots=True)
class Row:
    """The diagnosis of one run."""

    case: Case
    seed: int
    found: Diagnosis

    @property
    def largest(self) -> str:
        """The cause that the name of the largest zone alone would suggest; NONE if no memory ran out."""
        return by_largest(self.found.largest) if self.found.pattern != NONE else NONE

    def words(self) -> str:
        """The run as a command, shortened."""
        return f"{self.case.words()}, seed {self.seed}"


def rows(folder: Path, only: str) -> Iterator[Row]:
    """Run and diagnose each case. A recording is deleted after its diagnosis."""
    for case in CASES:
        for seed in case.seeds if only in f"{case.planted} {case.words()}" else ():
            path = folder / "run.zvz"
            run(replace(case.spec, seed=seed, output=path, force=True))
            with Recording(path) as recording:
                found = diagnose(recording)
            row = Row(case, seed, found)
            mark = "" if found.pattern == case.planted else "   <- not the planted cause"
            print(f"{case.planted:17} {found.pattern:17} {found.confidence:6} {found.outcome:11} {row.words()}{mark}", flush=True)
            yield row


def table(found: list[Row]) -> str:
    """The table of docs/diagnosis.md, and the runs with a wrong name."""
    lines = [
        "| planted | runs | named correctly | of these as *the cause* | named wrongly | *other* or *none* "
        "| correct by the largest zone alone |",
        "|---|---|---|---|---|---|---|",
    ]
    for seen in (True, False):
        lines.append(f"| **{'seen while the rules were written' if seen else 'held out'}** | | | | | | |")
        for planted in dict.fromkeys(row.case.planted for row in found):
            group = [row for row in found if row.case.planted == planted and row.case.seen == seen]
            right = [row for row in group if row.found.pattern == planted]
            sure = sum(row.found.confidence == CAUSE for row in right)
            open_ = sum(row.found.pattern in ("other", NONE) and row.found.pattern != planted for row in group)
            largest = "" if planted == NONE else str(sum(row.largest == planted for row in group))
            counts = (len(group), len(right), "" if planted == NONE else sure, len(group) - len(right) - open_, open_, largest)
            lines.append(f"| {planted} | {' | '.join(map(str, counts))} |")
    wrong = [row for row in found if row.found.pattern != row.case.planted]
    lines += ["", "Named wrongly:" if wrong else "Every run was named correctly."]
    lines += [f"- {row.words()}: planted {row.case.planted}, named {row.found.pattern}" for row in wrong]
    return "\n".join(lines)


def main() -> int:
    """The command line. Returns 1 if a wrong cause was named with certainty, or one in a healthy run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path, help="write the table between the marks of this document")
    parser.add_argument("--only", default="", help="only runs that contain this word")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = list(rows(Path(folder), asked.only))
    text = table(found)
    print(f"\n{text}")
    if asked.write is not None:
        before, _, rest = asked.write.read_text().partition(BEGIN)
        asked.write.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}")
    return int(any(row.found.confidence == CAUSE and row.found.pattern != row.case.planted for row in found))


if __name__ == "__main__":
    sys.exit(main())
