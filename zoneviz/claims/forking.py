"""Observations about forking until the system crashes: S1, S12 to S21, S23 to S25."""

from dataclasses import replace
from statistics import mean, pstdev

from zoneviz.claims.figures import forks, memory, of_last, panic_text, receive_rights_by_generation
from zoneviz.claims.model import Claim, Figures, Trial, spread
from zoneviz.claims.rules import ascending, between, both, difference, looser, near, ratio, steady, words
from zoneviz.spec import RunSpec

SESSIONS = ("console", "screen", "ssh")


def bomb(label: str, session: str = "console", size: str = "", **settings: str) -> Trial:
    """A fork bomb from a session. `size`: of zone_map; "": the machine's own 16 MiB."""
    values = {"session": session} | ({"zone_map_size": size} if size else {}) | settings
    return Trial(label, RunSpec("fork-bomb", settings=values))



def rights_and_names(figures: Figures) -> str:
    """The receive rights of each session, with the names."""
    parts = (f"{s} {spread(figures.get(s, ()))} ({spread(figures.get(f'{s} names', ()))})" for s in SESSIONS)
    return "receive rights (names): " + "; ".join(parts)


FAST = {"rate": "0", "jitter": "1"}
"""No sleep between two forks; the first one is at a random time within the scheduler's second."""
FAST_FROM = tuple((session, size) for session in ("console", "ssh") for size in ("16M", "8M", "4M"))
"""Sessions and sizes of zone_map from which S23 forks."""


def fast(figures: Figures) -> str:
    """The forks of S23 by session and size: at 10 per second, without a sleep, and that with the throttle, in one line."""
    parts = []
    for label in map(" ".join, FAST_FROM):
        steady, wild, throttled = (figures.get(label + more, ()) for more in ("", " fast", " fast, throttled"))
        change = f", mean {100 * (mean(wild) / mean(steady) - 1):+.1f} %, deviation {pstdev(wild):.1f}" if steady and wild else ""
        parts.append(f"{label}: {spread(steady)}; without a sleep {spread(wild)}{change}; with the throttle {spread(throttled)}")
    return ". ".join(parts)


S12_S14 = (
    Claim(
        id="S12",
        statement="Forking a large number of processes crashes the system reliably.",
        expected="a panic in every run",
        trials=tuple(bomb(s, s) for s in SESSIONS),
        figure=memory,
        rule=words(lambda word: word not in ("finished", "error", "hang")),
        mechanism="A child that stays alive keeps its task, two threads, its address space and a port for each receive right it needs. "
        "None of that is returned, and nothing limits the number of processes, while the memory all of it comes from has a fixed size.",
        falsified="A seed for which fork returns an error, or the run never ends, before a memory of the kernel is exhausted.",
    ),
    Claim(
        id="S13",
        statement="The number of forks until the crash is constant to within about two, if forking is not too fast.",
        expected="a range of at most 4 over 10 seeds",
        trials=(bomb("console"),),
        figure=forks,
        rule=steady("console", 4),
        seeds=10,
        unit="forks",
        mechanism="At a slow rate every fork finds the servers idle, so the cost of a child does not depend on timing. Seeds differ only "
        "in the waits between forks and in service times.",
        falsified="A range above 4: then more than jitter differs between runs, for example a thread that only some runs create.",
    ),
    Claim(
        id="S14",
        statement="About 1040 forks from a console login, 990 under screen over ssh, 940 in a plain ssh session.",
        expected="1040, 990 and 940, each within 10 %, in that order",
        trials=tuple(bomb(s, s) for s in SESSIONS),
        figure=forks,
        rule=near({"console": 1040, "screen": 990, "ssh": 940}, 0.10, ordered=True),
        unit="forks",
        mechanism="Each child gets a new port for each receive right that the ancestors of its session left in the space. From the "
        "console login is set-uid and starts in a new task, so little is left; over ssh 8 forks and 8 execs since boot add up; screen is "
        "set-gid, which again starts in a new task. What runs out first is the zone map or, with cheap children, the number of tasks for "
        "which the kernel has spaces.",
        falsified="Another order of the sessions, or counts that stay the same when the history of the session changes.",
    ),
    Claim(
        id="S15",
        statement="To be checked: the number of ports of a process may depend on how it was started.",
        expected="receive rights in the youngest child: console < screen < ssh; names are shown beside them",
        trials=(*(bomb(s, s) for s in SESSIONS), *(replace(bomb(f"{s} names", s), figure=of_last("names")) for s in SESSIONS)),
        figure=of_last("receive"),
        rule=ascending(*SESSIONS),
        summary=rights_and_names,
        mechanism="The history of S14, counted in the space of the last child. What a child costs is above all its receive rights, each "
        "a new port; a send right or dead name is only a name in a table. screen has the fewest names, because login on the console leaves "
        "all that it held in the shell's task.",
        falsified="A session whose processes have fewer receive rights, yet panics after fewer forks.",
    ),
)
OTHERS = (
    Claim(
        id="S1",
        statement="The Hurd sometimes panics because the zone map is exhausted.",
        expected="the text `zalloc: zone ... exhausted`, whichever zone asked last",
        trials=(bomb("console 4M", size="4M"), bomb("ssh 4M", "ssh", "4M")),
        figure=panic_text,
        rule=words(lambda text: text.startswith("zalloc: zone ") and text.endswith(" exhausted")),
        mechanism="Zones silently grow beyond their maximum, one page at a time from one shared map. Which zone asks for the page that is "
        "no longer there is chance, so the zone named in the panic need not be the one that grew.",
        falsified="A panic with a small zone map whose text is not that of zalloc.",
    ),
    Claim(
        id="S16",
        statement="In a later test, with a newer kernel, well above 1000 forks.",
        expected="more forks with debian-2007 than with debian-2005, all else equal",
        trials=tuple(
            Trial(profile, RunSpec("fork-bomb", profile, {"session": "console", "libports": "plain"}))
            for profile in ("debian-2005", "debian-2007")
        ),
        figure=forks,
        rule=ascending("debian-2005", "debian-2007"),
        unit="forks",
        mechanism="Without MACH_IPC_COMPAT a task keeps fewer ports and a child inherits fewer. The kernel's address window grows with "
        "the RAM, so other maps last longer.",
        falsified="Equal counts although a task does not cost the same in the two kernels.",
    ),
    Claim(
        id="S17",
        statement="It makes no difference whether root or an ordinary user forks.",
        expected="a difference of at most 2 forks, from the console and over ssh",
        trials=tuple(bomb(f"{s} {u}", s, user=u) for s in ("console", "ssh") for u in ("user", "root")),
        figure=forks,
        rule=both(difference("console user", "console root", -2, 2), difference("ssh user", "ssh root", -2, 2)),
        unit="forks",
        mechanism="A user id is a number that auth hands out; what fork allocates does not depend on it. login is set-uid and starts in a "
        "new task for root as well, because the shell before it has no ids; over ssh nobody's id is checked by an exec. Only under screen "
        "root keeps the names of ssh that a user loses.",
        falsified="A step of login or fork that leaves more in the space of one of the two.",
    ),
    Claim(
        id="S18",
        statement="With 128 MiB of RAM about 100 forks fewer; no change with 256 or 384 MiB.",
        expected="128 MiB: 50 to 150 fewer than 256 MiB; 384 MiB: within 5",
        trials=tuple(bomb(f"{ram} MiB", ram=f"{ram}M") for ram in (128, 256, 384)),
        figure=forks,
        rule=both(difference("128 MiB", "256 MiB", -150, -50), difference("384 MiB", "256 MiB", -5, 5)),
        unit="forks",
        mechanism="Each child takes pages of RAM for its page tables, its stacks and the data it writes. RAM matters only where it runs "
        "out before the zone map does; above some size it has no effect. In the model the effect is smaller than reported.",
        falsified="The same count with 128 MiB: then a process of the model takes too little RAM, or nothing waits for a free page.",
    ),
    Claim(
        id="S19",
        statement="Halving the zone map from 8 to 4 MiB halves the number of forks almost exactly.",
        expected="a ratio of 0.45 to 0.55, from the console and over ssh",
        trials=tuple(bomb(f"{s} {size}", s, size) for s in ("console", "ssh") for size in ("8M", "4M")),
        figure=forks,
        rule=both(ratio("console 4M", "console 8M", 0.45, 0.55), ratio("ssh 4M", "ssh 8M", 0.45, 0.55)),
        unit="forks",
        mechanism="With a small zone map nothing else runs out first. The system itself uses little of it, and each child costs the same.",
        falsified="A cost per child that rises with the number of children, or a base load that is a sizeable share of 4 MiB.",
    ),
    Claim(
        id="S20",
        statement="Near 16 MiB the number saturates: from 8 to 16 MiB it grows by far less than a factor of two.",
        expected="from the console a gain of at most 1.5; the memory that ran out is named",
        trials=(
            bomb("console 8M", size="8M"),
            bomb("console 16M"),
            replace(bomb("memory at 16M"), figure=memory),
            replace(bomb("memory at 8M", size="8M"), figure=memory),
        ),
        figure=forks,
        rule=ratio("console 16M", "console 8M", 0.0, 1.5),
        mechanism="With a larger zone map another memory of fixed size runs out first. Which one it was in 2005 was never found out; the "
        "row names the one that runs out in the model.",
        falsified="A run with 16 MiB that still exhausts the zone map, or a higher limit of the named memory that gains nothing.",
    ),
    Claim(
        id="S21",
        statement="With 8 MiB about 500 forks over ssh and 800 from the console; with 4 MiB 250 and 400.",
        expected="800, 500, 400 and 250, each within 15 %",
        trials=tuple(bomb(f"{s} {size}", s, size) for size in ("8M", "4M") for s in ("console", "ssh")),
        figure=forks,
        rule=near({"console 8M": 800, "ssh 8M": 500, "console 4M": 400, "ssh 4M": 250}, 0.15),
        unit="forks",
        mechanism="As in S14, but only the zone map runs out here, so the counts are inversely proportional to the cost of a child. Two "
        "constants of the model were fitted to the counts with 8 MiB (docs/fidelity.md); those with 4 MiB are predictions.",
        falsified="A ratio of console to ssh that changes with the size of the zone map.",
    ),
    Claim(
        id="S23",
        statement="Creating processes very fast crashes the system sooner and less predictably; to be checked with throttled servers.",
        expected="compared with a slow rate, a mean at least 5 % lower and a deviation at least three times as large",
        trials=tuple(
            trial
            for session, size in FAST_FROM
            for trial in (
                replace(bomb(f"{session} {size}", session, size), seeds=3),
                bomb(f"{session} {size} fast", session, size, **FAST),
                replace(bomb(f"{session} {size} fast, throttled", session, size, libports="throttle", **FAST), seeds=3),
            )
        ),
        figure=forks,
        summary=fast,
        rule=looser("console 16M fast", "console 16M", 0.05, 3),
        seeds=5,
        unit="forks",
        mechanism="A parent that waits for every answer has one request pending, but without a sleep it forks while its last children "
        "start: they ask for proc's lock, which proc holds for longer the more tasks there are. Whether proc creates threads for them "
        "depends on when within the scheduler's second the bomb begins: none with most seeds, about a hundred with some. A hundred "
        "threads cost no more than ten children, so the count is less predictable, but only one or two percent lower. Where the limit "
        "of IPC spaces ends the run, nothing changes.",
        falsified="A deviation that is the same with and without a sleep: then forks do not overlap in the servers.",
    ),
    Claim(
        id="S24",
        statement="Forking recursively, each child forking the next, crashes the system faster.",
        expected="recursive over flat: 0.3 to 0.8",
        trials=(Trial("recursive", RunSpec("fork-recursively", settings={"session": "console"})), bomb("flat")),
        figure=forks,
        rule=ratio("recursive", "flat", 0.3, 0.8),
        unit="forks",
        mechanism="fork copies the names of the parent, stale receive rights included, and adds its own: each generation is more expensive "
        "than the one before.",
        falsified="Grandchildren with no more names than children.",
    ),
)
S25 = Claim(
    id="S25",
    statement="Children have more open ports than their parents.",
    expected="each generation has three receive rights more with MACH_IPC_COMPAT, one more without",
    trials=tuple(
        Trial(label, RunSpec("fork-recursively", settings={"session": "console", "ipc_compat": compat}))
        for label, compat in (("with MACH_IPC_COMPAT", "1"), ("without", "0"))
    ),
    figure=receive_rights_by_generation,
    rule=both(between(3, 3, "with MACH_IPC_COMPAT"), between(1, 1, "without")),
    unit="more",
    mechanism="fork gives the child a receive right under each name at which the parent has one that is no longer needed: the kernel "
    "cannot remove a port from a space without its name. Each generation adds the rights of the new threads and task.",
    falsified="Children with as many receive rights as their parents, or a number that doubles with each generation.",
)
CLAIMS = (*S12_S14, *OTHERS, S25)
