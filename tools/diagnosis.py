"""How often the diagnosis names what was planted: seeded runs, each made to end in a known way, as a table.

    python tools/diagnosis.py [--write docs/diagnosis.md] [--only WORD]

The rules were made looking at the runs marked "seen"; the others, with settings, profiles and seeds of their own, were not looked at.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from zoneviz import app
from zoneviz.playback.diagnosis import Diagnosis, diagnose
from zoneviz.playback.diagnosis.patterns import BACKLOG, CAUSE, EXPLOSION, FORK_BOMB, LEAK, NONE, RECURSIVE, by_largest
from zoneviz.recording import Recording

BEGIN, END = "<!-- written by make diagnosis: begin -->", "<!-- written by make diagnosis: end -->"
ANTRIK = "antrik-2005"


@dataclass(frozen=True, slots=True)
class Case:
    """A run, as often as it has seeds, and what it was made to show. `most`: it is interrupted after so many events."""

    planted: str
    scenario: str
    settings: str = ""
    seeds: tuple[int, ...] = (1,)
    profile: str = ANTRIK
    seen: bool = False
    most: int | None = 1_500_000


CASES = (
    # seen while the rules were made
    Case(FORK_BOMB, "fork-bomb", "zone_map_size=4M", seen=True),
    Case(FORK_BOMB, "kernel-loop", "operation=fork_like zone_map_size=2M", seen=True),
    Case(FORK_BOMB, "kernel-loop", "operation=task_create zone_map_size=2M", seen=True),
    Case(LEAK, "kernel-loop", "operation=mach_port_allocate zone_map_size=2M", seen=True),
    Case(LEAK, "ports-to-dev-null", "close=never zone_map_size=1M opens=5000 processes=4", seen=True),
    Case(EXPLOSION, "kernel-loop", "operation=thread_receive zone_map_size=2M", seen=True),
    Case(EXPLOSION, "ports-to-dev-null", "zone_map_size=2M opens=1500 processes=5", seen=True),
    Case(EXPLOSION, "ports-to-dev-null", "zone_map_size=1536K opens=700 processes=12", (34, 35), "upstream-2005", seen=True),
    Case(BACKLOG, "kernel-loop", "operation=mach_msg_send zone_map_size=2M", seen=True),
    Case(BACKLOG, "kernel-loop", "operation=dead_name_storm count=6000 zone_map_size=512K", seen=True),
    Case(RECURSIVE, "fork-recursively", "zone_map_size=1M", seen=True),
    Case(FORK_BOMB, "fork-with-exec", "zone_map_size=1M", seen=True),
    Case(LEAK, "port-leak", "zone_map_size=1M", seen=True),
    Case(NONE, "five-children", seen=True),
    Case(NONE, "boot", seen=True),
    Case(NONE, "fork-chain", seen=True),
    Case(NONE, "ports-to-dev-null", seen=True),
    # held out
    Case(FORK_BOMB, "fork-bomb", "zone_map_size=768K rate=3 jitter=1", (11, 12, 13)),
    Case(FORK_BOMB, "fork-bomb", "zone_map_size=512K rate=100", (14,), "debian-2007"),
    Case(FORK_BOMB, "fork-bomb", "zone_map_size=512K", (15,), "upstream-2005"),
    Case(FORK_BOMB, "kernel-loop", "operation=task_inherit_thread zone_map_size=1M"),
    Case(FORK_BOMB, "kernel-loop", "operation=fork_like regions=4 ports=60 threads=1 zone_map_size=1M", profile="upstream-2007"),
    Case(FORK_BOMB, "kernel-loop", "operation=task_with_ports ports=8 zone_map_size=1M"),
    Case(LEAK, "kernel-loop", "operation=mach_port_allocate zone_map_size=768K", profile="debian-2007"),
    Case(LEAK, "kernel-loop", "operation=port_set_allocate"),
    Case(LEAK, "kernel-loop", "operation=dead_name"),
    Case(LEAK, "ports-to-dev-null", "close=never zone_map_size=768K opens=4000 processes=7", (21, 22), "upstream-2005"),
    Case(EXPLOSION, "kernel-loop", "operation=thread_create zone_map_size=768K", profile="upstream-2007"),
    Case(EXPLOSION, "kernel-loop", "operation=thread_send zone_map_size=8M"),
    Case(EXPLOSION, "ports-to-dev-null", "zone_map_size=1M opens=900 processes=5", (31, 32, 33)),
    Case(EXPLOSION, "ports-to-dev-null", "zone_map_size=1536K opens=450 processes=12 close=fast", (36, 37), "debian-2005"),
    Case(BACKLOG, "kernel-loop", "operation=mach_msg_send message_size=300 zone_map_size=1M"),
    Case(BACKLOG, "kernel-loop", "operation=mach_msg_send message_size=8000 zone_map_size=1M", profile="upstream-2007"),
    Case(BACKLOG, "kernel-loop", "operation=dead_name_storm count=10000 zone_map_size=1M", profile="upstream-2007"),
    Case(BACKLOG, "kernel-loop", "operation=dead_name_storm count=5600 zone_map_size=448K", profile="debian-2007"),
    Case(RECURSIVE, "fork-recursively", "zone_map_size=1280K session=ssh rate=30", (51, 52)),
    Case(RECURSIVE, "fork-recursively", "zone_map_size=768K session=screen", (53,), "debian-2007"),
    Case(FORK_BOMB, "fork-with-exec", "zone_map_size=1280K session=screen rate=50", (54,), "upstream-2005"),
    Case(LEAK, "port-leak", "zone_map_size=768K processes=1 rate=5000", (55, 56)),
    Case(LEAK, "port-leak", "zone_map_size=1536K processes=20 session=ssh", (57,), "debian-2007"),
    Case(NONE, "package-build", "scale=0.1 burst=20", (58,)),
    Case(NONE, "five-children", "children=8 session=ssh", (59,)),
    Case(NONE, "boot", profile="debian-2007"),
    Case(NONE, "kernel-ops"),
    Case(NONE, "fork-chain", "children=12", (41,)),
    Case(NONE, "fork-bomb", "zone_map_size=4M", (42,), most=60_000),
    Case(NONE, "kernel-loop", "operation=dead_name_storm count=3000 zone_map_size=4M"),
    Case(NONE, "ports-to-dev-null", "opens=150 processes=5 together=1", (43, 44)),
    Case(NONE, "ports-to-dev-null", "opens=150 processes=5 close=slow pause=2", (45,)),
    Case(NONE, "ports-to-dev-null", "opens=400 processes=5 libports=throttle", (46,)),
)


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one run."""

    case: Case
    seed: int
    found: Diagnosis

    @property
    def largest(self) -> str:
        """What the largest zone's name alone would have said; nothing ended is told without it."""
        return by_largest(self.found.largest) if self.found.pattern != NONE else NONE

    def words(self) -> str:
        """The run as a command, shortened."""
        return f"`{self.case.scenario} {self.case.settings}` {self.case.profile}, seed {self.seed}"


def rows(folder: Path, only: str) -> Iterator[Row]:
    """Run and diagnose each; a recording is removed as soon as it has been looked at."""
    for case in CASES:
        for seed in case.seeds if only in f"{case.planted} {case.scenario} {case.settings}" else ():
            path = folder / "run.zvz"
            settings = tuple(case.settings.split())
            app.run(app.RunSpec(case.scenario, case.profile, settings, seed, path, max_events=case.most, force=True))
            with Recording(path) as recording:
                found = diagnose(recording)
            row = Row(case, seed, found)
            mark = "" if found.pattern == case.planted else "   <- not what was planted"
            print(f"{case.planted:17} {found.pattern:17} {found.confidence:6} {found.outcome:11} {row.words()}{mark}", flush=True)
            yield row


def table(found: list[Row]) -> str:
    """The table of docs/diagnosis.md, and the runs that were named wrong."""
    lines = [
        "| planted | runs | named so | of them *the cause* | named something else | *other* or *none* | largest zone alone right |",
        "|---|---|---|---|---|---|---|",
    ]
    for seen in (True, False):
        lines.append(f"| **{'seen while the rules were made' if seen else 'held out'}** | | | | | | |")
        for planted in dict.fromkeys(row.case.planted for row in found):
            group = [row for row in found if row.case.planted == planted and row.case.seen == seen]
            right = [row for row in group if row.found.pattern == planted]
            sure = sum(row.found.confidence == CAUSE for row in right)
            open_ = sum(row.found.pattern in ("other", NONE) and row.found.pattern != planted for row in group)
            largest = "" if planted == NONE else str(sum(row.largest == planted for row in group))
            counts = (len(group), len(right), "" if planted == NONE else sure, len(group) - len(right) - open_, open_, largest)
            lines.append(f"| {planted} | {' | '.join(map(str, counts))} |")
    wrong = [row for row in found if row.found.pattern != row.case.planted]
    lines += ["", "Not named as planted:" if wrong else "Every run was named as planted."]
    lines += [f"- {row.words()}: planted {row.case.planted}, told {row.found.pattern}" for row in wrong]
    return "\n".join(lines)


def main() -> int:
    """The command line; 1 if something healthy was called sick, or a wrong cause was named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path, help="put the table into this document, between its marks")
    parser.add_argument("--only", default="", help="only runs with this word in them")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = list(rows(Path(folder), asked.only))
    made = table(found)
    print(f"\n{made}")
    if asked.write is not None:
        before, _, rest = asked.write.read_text().partition(BEGIN)
        asked.write.write_text(f"{before}{BEGIN}\n{made}\n{END}{rest.partition(END)[2]}")
    return int(any(row.found.confidence == CAUSE and row.found.pattern != row.case.planted for row in found))


if __name__ == "__main__":
    sys.exit(main())
