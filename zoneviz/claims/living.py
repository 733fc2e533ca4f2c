"""Observations from everyday use, S6 to S11: leaks, limits, builds, a few children; and S22: how large the zone map may be."""

from zoneviz.claims.figures import booted, ended, extra, failures, forks, process_span, rising_zone, threads
from zoneviz.claims.model import Claim, Figures, Trial, spread
from zoneviz.claims.rules import ascending, between, both, same, some, words
from zoneviz.spec import RunSpec
from zoneviz.words import error

EAGAIN = 0x40000023
"""The Hurd's EAGAIN: errno 35 in its own range."""
BUILD = RunSpec("package-build")
TINY = RunSpec("package-build", settings={"scale": "0.01", "burst": "1"})
"""A build with one group of processes per stage, and one process at a time in the stage that kills."""
LEAKING = RunSpec("package-build", settings={"scale": "5", "leaks": "all"})
BACKGROUND = RunSpec("package-build", settings={"scale": "0.25", "tests": "background"})
"""A build with one test, whose processes get another parent while they fork."""
BOOTS = tuple((ram, size) for ram in (64, 256, 384) for size in (16, 20, 24, 26, 28, 32))
"""MiB of RAM and of zone_map to boot with."""
FORKING = (16, 20, 24)
"""MiB of zone_map to run a fork bomb with."""

ADDRESSES = RunSpec("server-calls", settings={"call": "address", "count": "1000000", "zone_map_size": "1M"})
ENDURANCE = (
    Claim(
        id="S6",
        statement="Some panics are caused by leaking ports, or by accidental fork bombs.",
        expected="with a leak, one zone rises steadily while the number of processes stays the same",
        trials=(
            Trial("leak", RunSpec("port-leak")),
            Trial("pflocal's addresses", ADDRESSES),
            Trial("change in processes", RunSpec("port-leak"), process_span),
        ),
        figure=rising_zone,
        rule=both(
            words(lambda word: int(word.split(" in ")[1].split("%")[0]) >= 90, "leak", "pflocal's addresses"),
            between(0, 2, "change in processes"),
        ),
        mechanism="A server that keeps a right from each request keeps a port, a name and eventually a larger table, however few its "
        "clients are. Until 2008 pflocal kept a port for each address; docs/fidelity.md lists the leaks of the time.",
        falsified="A zone that stops rising while the leak continues.",
    ),
    Claim(
        id="S7",
        statement="Limits per user or per process would avoid it, or at least contain it.",
        expected="no panic with a limit: fork returns EAGAIN, open an error",
        trials=(
            Trial("processes", RunSpec("fork-bomb", settings={"session": "console", "max_processes": "200"})),
            Trial("ports per task", RunSpec("open-from-few-processes", settings={"max_task_ports": "1000"})),
        ),
        figure=failures,
        rule=both(
            words(lambda word: error(EAGAIN) in word and "panic" not in word, "processes"),
            words(lambda word: "no error" not in word and "panic" not in word, "ports per task"),
        ),
        mechanism="A limit checked before anything is allocated turns an exhausted memory into the error of one call.",
        falsified="A panic below the limit, or a limit that stops a machine that had room.",
    ),
    Claim(
        id="S8",
        statement="Building a certain package always crashes the system at the same stage.",
        expected="it crashes, at the same stage in 10 of 10 seeds, without the throttle",
        trials=(
            Trial("stage", BUILD),
            Trial("stage, five times the size, all leaks", LEAKING, seeds=1),
            Trial("stage, tests in the background", BACKGROUND),
            Trial("end, tests in the background", BACKGROUND, ended),
        ),
        figure=extra("stage"),
        rule=both(same("stage"), words(lambda word: word != "done", "stage")),
        seeds=10,
        mechanism="Only jitter differs between runs, so what has accumulated when a stage begins is the same each time. But the build "
        "of the model does not crash, and a build of five times the size takes less than a tenth of the zone map: what the processes of "
        "a build leak is freed when they end, and the argument lists of scripts take RAM. One mechanism stops it in the stage of the "
        "tests, by a hang and only with some seeds. A process that forks again and again gets another parent; its signal thread is "
        "stopped during each fork, so five SIGCHLD of its children can fill the queue of its message port; then proc waits to send it "
        "the new ids, with its lock held, and the fork waits for proc. How long a fork stops the signal thread is inferred; if only "
        "until the task is created, no seed hangs.",
        falsified="Two seeds that crash at different stages.",
    ),
    Claim(
        id="S9",
        statement="That stage starts and ends many processes in quick succession.",
        expected="proc and term have more threads after the build than after one whose stages start one or two processes",
        trials=(
            Trial("proc", BUILD, threads("proc")),
            Trial("proc, two processes", TINY, threads("proc")),
            Trial("term", BUILD, threads("term")),
            Trial("term, two processes", TINY, threads("term")),
            Trial("proc, tests in the background", BACKGROUND, threads("proc")),
            Trial("term, tests in the background", BACKGROUND, threads("term")),
        ),
        figure=threads("proc"),
        rule=both(ascending("proc, two processes", "proc"), ascending("term, two processes", "term")),
        unit="threads",
        mechanism="Every exiting process sends notifications to several servers at once, and a server keeps every thread it created: a "
        "ratchet that each burst can only push up. In the model it shows in proc: processes that start and end meanwhile ask for its one "
        "lock, which it holds while it looks at all tasks for each fork, and a SIGCHLD that finds five others queued costs a thread. term "
        "gets three notifications for each process that ends, and nearly always handles them before the next one ends.",
        falsified="As many threads after the build as before.",
    ),
    Claim(
        id="S10",
        statement="On some systems it is enough to start and kill five children.",
        expected="the row shows the headroom below which five kills panic; a freshly booted system must not panic",
        trials=(
            Trial("after boot", RunSpec("five-children")),
            *(Trial(f"{size} left", RunSpec("five-children", settings={"headroom": size})) for size in ("16K", "32K", "64K")),
        ),
        figure=ended,
        rule=words(lambda word: not word.startswith("panic"), "after boot"),
        open=True,
        mechanism="Why five were enough on those systems was never found out. In the model five children take about 28 KiB to start and 4 "
        "KiB to kill, so they are enough only if something else has taken the zone map before. Five is also the number of messages that a "
        "port queues: a sixth SIGCHLD to a process whose signal thread does not receive costs proc a thread, and other messages to it stop "
        "proc. Five kills alone do neither.",
        falsified="A freshly booted system that panics after five kills.",
    ),
    Claim(
        id="S11",
        statement="A more robust system survives it.",
        expected="a freshly booted system survives at least 100 quick kills",
        trials=(Trial("100 children", RunSpec("five-children", settings={"children": "100"})),),
        figure=ended,
        rule=words(lambda word: not word.startswith(("panic", "error", "hang"))),
        mechanism="A plain process leaves behind at most a few threads in the servers, and these are used again.",
        falsified="A panic within 100 kills.",
    ),
)


def boots(figures: Figures) -> str:
    """Which zone maps boot with how much RAM, and how many forks they allow, in one line."""
    parts = []
    for ram in dict.fromkeys(ram for ram, _ in BOOTS):
        words = {size: spread(figures.get(f"{size} MiB of {ram}", ())) for of, size in BOOTS if of == ram}
        panics = [size for size, word in words.items() if word.startswith("panic")]
        last = max((size for size, word in words.items() if word.startswith("boots")), default=0)
        text = f"boots up to {last} MiB, {words[last].removeprefix('boots, ')}" if last else "never boots"
        parts.append(f"{ram} MiB of RAM: {text}" + (f", {words[panics[0]]} from {panics[0]} MiB on" if panics else ""))
    counts = [f"{spread(figures.get(f'forks with {size} MiB', ()))} with {size} MiB" for size in FORKING]
    return "; ".join([*parts, "forks: " + ", ".join(counts)])


SIZE = Claim(
    id="S22",
    statement="With more than 16 MiB for the zone map, Mach does not even boot.",
    expected="with 256 MiB of RAM it boots with 16 MiB, and some larger size panics at boot or leaves no room",
    trials=(
        *(
            Trial(f"{size} MiB of {ram}", RunSpec("boot", settings={"ram": f"{ram}M", "zone_map_size": f"{size}M"}), booted, seeds=1)
            for ram, size in BOOTS
        ),
        *(
            Trial(f"forks with {size} MiB", RunSpec("fork-bomb", settings={"session": "console", "zone_map_size": f"{size}M"}), forks)
            for size in FORKING
        ),
    ),
    figure=booted,
    summary=boots,
    rule=both(
        words(lambda word: word.startswith("boots"), "16 MiB of 256"),
        some(lambda word: word.startswith("panic"), *(f"{size} MiB of {ram}" for ram, size in BOOTS if ram == 256)),
    ),
    mechanism="zone_map, kalloc_map, ipc_kernel_map and the device map share one window of addresses, which also holds the page "
    "structures of all RAM. The first map that does not fit causes the panic; page directories and stacks have to fit into the rest.",
    falsified="A boot that panics with 16 MiB, or a boot with 32 MiB that runs a system.",
)
CLAIMS = (*ENDURANCE, SIZE)
