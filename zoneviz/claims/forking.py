"""What the page says of forking until it crashes: S12 to S25, and S1."""

from dataclasses import replace

from zoneviz.claims.figures import forks, memory, names_of_last, panic_text, receive_rights_by_generation
from zoneviz.claims.model import Claim, Variant
from zoneviz.claims.rules import ascending, between, both, difference, looser, near, ratio, steady, words

SESSIONS = ("console", "screen", "ssh")


def bomb(label: str, session: str = "console", size: str = "", **settings: str) -> Variant:
    """A fork bomb from a session, by default with the machine's own zone_map of 16 MiB."""
    values = {"session": session} | ({"zone_map_size": size} if size else {}) | settings
    return Variant(label, "fork-bomb", values)


S12_S14 = (
    Claim(
        id="S12",
        statement="Forking a large number of processes crashes the system reliably.",
        expected="a panic in every run",
        variants=tuple(bomb(s, s) for s in SESSIONS),
        figure=memory,
        rule=words(lambda word: word not in ("finished", "error", "hang")),
        mechanism="A child that stays keeps its task, two threads, its address space and a port for every right to receive that it "
        "needs. Nothing of that is ever given back, and nothing counts processes: the memory that all of it comes from is of fixed size.",
        falsified="A run of some seed in which fork returns an error, or goes on for ever, before any memory of the kernel ends.",
    ),
    Claim(
        id="S13",
        statement="How many forks it takes is constant to about two, if the forking is not too fast.",
        expected="a range of at most 4 over 10 seeds",
        variants=(bomb("console"),),
        figure=forks,
        rule=steady("console", 4),
        seeds=10,
        unit="forks",
        mechanism="At a slow rate each fork finds the servers idle, so what a child costs does not depend on when anything happens. Only "
        "the waits between forks and the time a service takes differ between seeds.",
        falsified="A range above 4: then something besides jitter differs between runs, such as a thread that only some make.",
    ),
    Claim(
        id="S14",
        statement="About 1040 forks from a console login, 990 under screen over ssh, 940 in a plain ssh session.",
        expected="1040, 990 and 940, each within 10 %, in that order",
        variants=tuple(bomb(s, s) for s in SESSIONS),
        figure=forks,
        rule=near({"console": 1040, "screen": 990, "ssh": 940}, 0.10, ordered=True),
        unit="forks",
        mechanism="What the session's ancestors left in the space is inherited by each child: stale rights to receive, names in larger "
        "tables, entries in the map. A session with a longer history has dearer children. The zone map, or with cheap children the "
        "number of tasks that the kernel has spaces for, ends first.",
        falsified="Another order of the sessions, or counts that do not change when the history of the session does.",
    ),
    Claim(
        id="S15",
        statement="To be checked, said the page: how many ports a process has may depend on how it was started.",
        expected="names in the youngest child: console < screen < ssh",
        variants=tuple(bomb(s, s) for s in SESSIONS),
        figure=names_of_last,
        rule=ascending(*SESSIONS),
        unit="names",
        mechanism="The same history as in S14, counted as names in the space of the last child. "
        "Screen is set-id and begins in a clean task, so in the model its programs have the fewest.",
        falsified="A session whose processes have fewer names and yet fork fewer times until the panic.",
    ),
)
OTHERS = (
    Claim(
        id="S1",
        statement="Now and then the Hurd panics because the zone map is exhausted.",
        expected="the text `zalloc: zone ... exhausted`, whichever zone asked last",
        variants=(bomb("console 4M", size="4M"), bomb("ssh 4M", "ssh", "4M")),
        figure=panic_text,
        rule=words(lambda text: text.startswith("zalloc: zone ") and text.endswith(" exhausted")),
        mechanism="Zones grow without a word beyond their maximum, page by page out of one map. Which one asks for the page that is not "
        "there any more is chance, so the zone that is named need not be the one that grew.",
        falsified="A panic of a small zone map with another text than that of zalloc.",
    ),
    Claim(
        id="S16",
        statement="In a later test, with a newer kernel, well above 1000.",
        expected="debian-2007 gives more forks than debian-2005, all else equal",
        variants=tuple(
            Variant(profile, "fork-bomb", {"session": "console", "libports": "plain"}, profile)
            for profile in ("debian-2005", "debian-2007")
        ),
        figure=forks,
        rule=ascending("debian-2005", "debian-2007"),
        unit="forks",
        mechanism="Without MACH_IPC_COMPAT a task keeps fewer ports of its own and a child inherits fewer, and the kernel's window grows "
        "with the RAM, so that other maps end later.",
        falsified="An equal count although the two kernels differ in what a task costs.",
    ),
    Claim(
        id="S17",
        statement="No difference between root and an ordinary user.",
        expected="a difference of at most 2 forks, from the console and over ssh",
        variants=tuple(bomb(f"{s} {u}", s, user=u) for s in ("console", "ssh") for u in ("user", "root")),
        figure=forks,
        rule=both(difference("console user", "console root", -2, 2), difference("ssh user", "ssh root", -2, 2)),
        unit="forks",
        mechanism="A user id is a number that auth hands out; what fork allocates does not look at it.",
        falsified="A step of login or of fork that leaves more in the space of one of them.",
    ),
    Claim(
        id="S18",
        statement="With 128 MiB of RAM about 100 fewer; with 256 or 384 MiB no change.",
        expected="128 MiB: 50 to 150 fewer than 256 MiB; 384 MiB: within 5",
        variants=tuple(bomb(f"{ram} MiB", ram=f"{ram}M") for ram in (128, 256, 384)),
        figure=forks,
        rule=both(difference("128 MiB", "256 MiB", -150, -50), difference("384 MiB", "256 MiB", -5, 5)),
        unit="forks",
        mechanism="Each child takes pages of RAM for its page tables, its stacks and what it writes. Where these end before the zone map "
        "does, RAM decides; from some size on it does not matter any more. "
        "In the model it has an effect, but a smaller one.",
        falsified="The same count at 128 MiB: then a process of the model takes too little RAM, or nothing waits for a free page.",
    ),
    Claim(
        id="S19",
        statement="Halving the zone map from 8 to 4 MiB halves the number quite exactly.",
        expected="a ratio of 0.45 to 0.55, from the console and over ssh",
        variants=tuple(bomb(f"{s} {size}", s, size) for s in ("console", "ssh") for size in ("8M", "4M")),
        figure=forks,
        rule=both(ratio("console 4M", "console 8M", 0.45, 0.55), ratio("ssh 4M", "ssh 8M", 0.45, 0.55)),
        unit="forks",
        mechanism="With a small zone map nothing else ends first. The system itself holds little of it, and each child costs the same.",
        falsified="A cost of a child that rises with their number, or a base load that is a sizeable part of 4 MiB.",
    ),
    Claim(
        id="S20",
        statement="Near 16 MiB it saturates: from 8 to 16 MiB the gain is far less than double.",
        expected="from the console a gain of at most 1.5; the memory that ends the run is named",
        variants=(
            bomb("console 8M", size="8M"),
            bomb("console 16M"),
            Variant("memory at 16M", "fork-bomb", {"session": "console"}, figure=memory),
            Variant("memory at 8M", "fork-bomb", {"session": "console", "zone_map_size": "8M"}, figure=memory),
        ),
        figure=forks,
        rule=ratio("console 16M", "console 8M", 0.0, 1.5),
        unit="",
        mechanism="With a larger zone map another memory of fixed size ends first. Which one it was in 2005 was never found out; the row "
        "names the one that ends in the model.",
        falsified="A run at 16 MiB that still ends in the zone map, or a raised limit of the named memory that gains nothing.",
    ),
    Claim(
        id="S21",
        statement="With 8 MiB about 500 over ssh against 800 from the console, with 4 MiB 250 against 400.",
        expected="800, 500, 400 and 250, each within 15 %",
        variants=tuple(bomb(f"{s} {size}", s, size) for size in ("8M", "4M") for s in ("console", "ssh")),
        figure=forks,
        rule=near({"console 8M": 800, "ssh 8M": 500, "console 4M": 400, "ssh 4M": 250}, 0.15),
        unit="forks",
        mechanism="As S14, but here only the zone map ends, so the ratio of the two is that of what one child costs.",
        falsified="A ratio of console to ssh that changes with the size of the zone map.",
    ),
    Claim(
        id="S23",
        statement="Creating them very fast crashes it sooner and less predictably; to be checked with throttled servers.",
        expected="against a slow rate a mean at least 5 % lower and a deviation at least three times as large",
        variants=(
            bomb("10 a second"),
            bomb("5000 a second", rate="5000"),
            replace(bomb("5000 a second, throttled", rate="5000", libports="throttle"), seeds=3),
        ),
        figure=forks,
        rule=looser("5000 a second", "10 a second", 0.05, 3),
        seeds=10,
        unit="forks",
        mechanism="Where forks come faster than the servers answer, each server makes threads for what waits, and threads cost kernel "
        "memory. How many depends on how requests happen to meet. A parent that waits for each answer never has more than one under way.",
        falsified="The same mean and deviation: then forks do not overlap in the servers, because the one that forks waits for each step.",
    ),
    Claim(
        id="S24",
        statement="Forking recursively, each child forking the next, crashes faster.",
        expected="recursive over flat: 0.3 to 0.8",
        variants=(Variant("recursive", "fork-recursively", {"session": "console"}), bomb("flat")),
        figure=forks,
        rule=ratio("recursive", "flat", 0.3, 0.8),
        unit="forks",
        mechanism="Fork copies the names of its parent, stale rights to receive among them, and adds some of its own: each generation is "
        "dearer than the one before.",
        falsified="Children of children that have no more names than children.",
    ),
)
S25 = Claim(
    id="S25",
    statement="Children have more ports open than their parents.",
    expected="each generation receives from three more ports with MACH_IPC_COMPAT, from one more without",
    variants=tuple(
        Variant(label, "fork-recursively", {"session": "console", "ipc_compat": compat})
        for label, compat in (("with MACH_IPC_COMPAT", "1"), ("without", "0"))
    ),
    figure=receive_rights_by_generation,
    rule=both(between(3, 3, "with MACH_IPC_COMPAT"), between(1, 1, "without")),
    unit="more",
    mechanism="Fork gives the child a right to receive under each name where the parent has one that it needs no more: the kernel cannot "
    "take a port out of a space without its name. Each generation adds those of its own threads and task.",
    falsified="Children with as many rights to receive as their parents, or a number that grows by each generation's own count.",
)
CLAIMS = (*S12_S14, *OTHERS, S25)
