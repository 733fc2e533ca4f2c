"""What the page says of everyday use: leaks, limits, builds, a few children, and how large the zone map may be: S6 to S11, S22."""

from zoneviz.claims.figures import booted, ended, extra, failures, forks, process_span, rising_zone, threads
from zoneviz.claims.model import Claim, Figures, Variant, spread
from zoneviz.claims.rules import ascending, between, both, same, some, words

EAGAIN = 0x40000023
"""As the Hurd numbers it: errno 35 in its own range."""
TINY = {"scale": "0.01", "burst": "1"}
"""A build of one group of processes a stage, one at a time in the stage that kills."""
BOOTS = tuple((ram, size) for ram in (64, 256, 384) for size in (16, 20, 24, 26, 28, 32))
"""MiB of RAM and of zone_map that are booted, and the zone maps that are forked in."""
FORKING = (16, 20, 24)

ENDURANCE = (
    Claim(
        id="S6",
        statement="Some panics come from leaking ports, or from fork bombs by accident.",
        expected="with a leak one zone rises steadily while the number of processes stays the same",
        variants=(
            Variant("leak", "port-leak"),
            Variant("processes more or less", "port-leak", figure=process_span),
        ),
        figure=rising_zone,
        rule=both(words(lambda word: int(word.split(" in ")[1].split("%")[0]) >= 90, "leak"), between(0, 2, "processes more or less")),
        mechanism="A server that keeps a right of each request keeps a port, a name and in time a larger table, however few the clients.",
        falsified="A zone that stops rising while the leak goes on.",
    ),
    Claim(
        id="S7",
        statement="Limits for each user or process would avoid it, or at least contain it.",
        expected="with a limit no panic: fork returns EAGAIN, an open an error",
        variants=(
            Variant("processes", "fork-bomb", {"session": "console", "max_processes": "200"}),
            Variant("ports of a task", "open-from-few-processes", {"max_task_ports": "1000"}, figure=failures),
        ),
        figure=failures,
        rule=both(
            words(lambda word: f"error {EAGAIN}" in word and "panic" not in word, "processes"),
            words(lambda word: "no error" not in word and "panic" not in word, "ports of a task"),
        ),
        mechanism="A count that is compared before anything is allocated turns the end of a memory into the error of one call.",
        falsified="A panic below the limit, or a limit that stops a machine that had room.",
    ),
    Claim(
        id="S8",
        statement="Building a certain package always dies at the same stage.",
        expected="it dies, at the same stage in 10 of 10 seeds, without the throttle",
        variants=(Variant("stage", "package-build"),),
        figure=extra("stage"),
        rule=both(same("stage"), words(lambda word: word != "done")),
        seeds=10,
        mechanism="Nothing but jitter differs between runs, so what has piled up when a stage begins is the same each time. "
        "But the build of the model does not die: what kills one is not found.",
        falsified="Two seeds that die at different stages.",
    ),
    Claim(
        id="S9",
        statement="That stage makes and ends many processes in quick succession.",
        expected="proc and term have more threads after the build than where each stage starts one or two processes",
        variants=(
            Variant("proc", "package-build", figure=threads("proc")),
            Variant("proc, two processes", "package-build", TINY, figure=threads("proc")),
            Variant("term", "package-build", figure=threads("term")),
            Variant("term, two processes", "package-build", TINY, figure=threads("term")),
        ),
        figure=threads("proc"),
        rule=both(ascending("proc, two processes", "proc"), ascending("term, two processes", "term")),
        unit="threads",
        mechanism="Each end of a process sends notifications to several servers at once, and what a server once had as threads it keeps: a "
        "ratchet that every burst can only push up. In the model the build never asks more of proc and term at once than the start of the "
        "system did.",
        falsified="As many threads after the build as before.",
    ),
    Claim(
        id="S10",
        statement="On some systems five children that are started and killed are enough.",
        expected="the headroom below which five kills panic is told; a freshly booted system must not panic",
        variants=(
            Variant("after boot", "five-children"),
            *(Variant(f"{size} left", "five-children", {"headroom": size}) for size in ("16K", "64K", "256K")),
        ),
        figure=ended,
        rule=words(lambda word: not word.startswith("panic"), "after boot"),
        open=True,
        mechanism="Why five were enough on those systems was never found out. In the model they are enough only where something else has "
        "taken nearly all of the zone map before.",
        falsified="A clean boot that five kills bring down.",
    ),
    Claim(
        id="S11",
        statement="A more robust system survives it.",
        expected="a freshly booted system survives at least 100 quick kills",
        variants=(Variant("100 children", "five-children", {"children": "100"}),),
        figure=ended,
        rule=words(lambda word: not word.startswith(("panic", "error", "hang"))),
        mechanism="What a plain process leaves behind is some threads in the servers at most, and these are used again.",
        falsified="A panic within 100 kills.",
    ),
)


def boots(figures: Figures) -> str:
    """What boots with how much RAM."""
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
    expected="with 256 MiB of RAM it boots with 16 MiB, and some size above that panics at boot or leaves no room",
    variants=(
        *(
            Variant(f"{size} MiB of {ram}", "boot", {"ram": f"{ram}M", "zone_map_size": f"{size}M"}, figure=booted, seeds=1)
            for ram, size in BOOTS
        ),
        *(
            Variant(f"forks with {size} MiB", "fork-bomb", {"session": "console", "zone_map_size": f"{size}M"}, figure=forks)
            for size in FORKING
        ),
    ),
    figure=booted,
    summary=boots,
    rule=both(
        words(lambda word: word.startswith("boots"), "16 MiB of 256"),
        some(lambda word: word.startswith("panic"), *(f"{size} MiB of {ram}" for ram, size in BOOTS if ram == 256)),
    ),
    mechanism="zone_map, kalloc_map, ipc_kernel_map and the device map all lie in one window of addresses, which also holds the page "
    "structures of all RAM. The first map that does not fit panics; what is left over is all there is for page directories and stacks.",
    falsified="A boot that panics at 16 MiB, or one at 32 MiB that runs a system.",
)
CLAIMS = (*ENDURANCE, SIZE)
