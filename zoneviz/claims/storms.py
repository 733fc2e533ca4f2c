"""Observations about too many threads, ports closed all at once, and disks: S2 to S5, S26 and S27."""

from math import inf

from zoneviz.claims.figures import (
    ended,
    extra,
    failures,
    most_queued,
    most_threads,
    opens_that_failed,
    queued,
    threads,
    threads_lost,
    threads_over_busy,
)
from zoneviz.claims.model import Claim, Figure, Figures, Trial, spread
from zoneviz.claims.rules import between, both, threshold, words
from zoneviz.hurd.files import MOST_OPENS
from zoneviz.spec import RunSpec

LADDER = (4000, 8000, 16000, 20000, 24000)
"""Ports that ten processes open together before they are closed."""
THROTTLED = (16000, 24000)
"""The steps of LADDER that are repeated with the throttle."""
FEW = RunSpec("open-from-few-processes", settings={"descriptors": "no"})
MANY = RunSpec("null-at-32768")
LONG = 20_000_000
"""Events after which these two are stopped."""


def null(label: str, ports: int, close: str, figure: Figure | None = None, **settings: str) -> Trial:
    """Ten processes together open this many ports to /dev/null, then close them."""
    values = {"processes": "10", "opens": str(ports // 10), "close": close} | settings
    if ports // 10 > MOST_OPENS:
        values["descriptors"] = "no"
    return Trial(label, RunSpec("ports-to-dev-null", settings=values), figure)


def throttled(figures: Figures) -> str:
    """How the closes of S4 end with the throttle, in one line."""
    ends = "; ".join(f"{ports:,} at once: {spread(figures.get(f'{ports:,} at once', ()))}" for ports in THROTTLED)
    most = max((max(figures.get(f"threads, {ports:,}", (0,)), default=0) for ports in THROTTLED), default=0)
    waited, left = (spread(figures.get(label, ())) for label in ("most messages waiting", "waiting at the end"))
    return f"{ends}; at most {most} threads in a server; up to {waited} messages waiting, {left} at the end"


THREADS = (
    Claim(
        id="S2",
        statement="The servers create an absurd number of threads when many requests arrive at once.",
        expected="8,000 closes at once: over 100 threads in null, one more than the requests it handled at once, all kept",
        trials=(
            null("4,000 closed", 4000, "kill"),
            null("8,000 closed", 8000, "kill"),
            null("more than requests at once", 8000, "kill", threads_over_busy("null")),
            null("gone at the end", 8000, "kill", threads_lost("null")),
        ),
        figure=threads("null"),
        rule=both(between(100, inf, "8,000 closed"), between(1, 1, "more than requests at once"), between(0, 0, "gone at the end")),
        mechanism="A thread of libports that takes a message creates another one if none is listening. Handlers that wait for a lock do "
        "not listen. A burst that arrives faster than they finish creates one thread per message, and none of them ever exits. With "
        "4,000 it is chance whether the handlers block each other: it depends on when in the scheduler's second the burst arrives.",
        falsified="A server with fewer threads than requests it handled at once, or threads that exit.",
    ),
    Claim(
        id="S3",
        statement="Heavy disk load does it too.",
        expected="more than 200 threads of ext2fs for a burst of 2000 pages; with a fixed pool at most 10 for each of its two loops",
        trials=(
            Trial("files of 4 pages", RunSpec("disk-load", settings={"pages": "2000"})),
            Trial("files of 32 pages", RunSpec("disk-load", settings={"pages": "2000", "file": "32"})),
            Trial("one file", RunSpec("disk-load", settings={"pages": "2000", "file": "2000"})),
            Trial("files of 4 pages, pool of 10", RunSpec("disk-load", settings={"pages": "2000", "libports": "pool"})),
        ),
        figure=threads("ext2fs"),
        # Two pools of 10, and the thread that syncs.
        rule=both(between(200, inf, "files of 4 pages"), between(1, 21, "files of 4 pages, pool of 10")),
        unit="threads",
        mechanism="Every 5 s ext2fs syncs, and the kernel sends a message for each run of at most 32 dirty pages. The pager's loop "
        "creates threads in the same way as the ports' loop, and all of them wait for the one disk: a thread for each run. Five hundred "
        "small files create hundreds of threads; as many pages in one large file do not.",
        falsified="A sync whose runs the pager's threads write as fast as they arrive.",
    ),
)
CLOSING = (
    Claim(
        id="S4",
        statement="Opening many ports to /dev/null and closing them all very quickly does it; closing them slowly does not.",
        expected="from some number of ports on, closing them at once panics; closing them slowly never does",
        trials=(
            *(null(f"{ports:,} at once", ports, "kill") for ports in LADDER),
            *(null(f"{ports:,} slowly", ports, "slow") for ports in LADDER[-1:]),
        ),
        figure=ended,
        rule=threshold([f"{ports:,} at once" for ports in LADDER], [f"{ports:,} slowly" for ports in LADDER[-1:]]),
        mechanism="The last rights to all ports disappear at once, and for each port the kernel sends a no-senders notification, which no "
        "queue limit holds back. null creates a thread for each one that waits for its lock, and with each drops a port of ext2fs, which "
        "does the same. The threads fill the zone map, together with the ports and messages that still wait. Just below the number that "
        "panics, their stacks can use up RAM first: four pages of each are touched, and the model has no swap, so it hangs.",
        falsified="A panic when the same ports are closed slowly, or no panic with any number of ports.",
    ),
    Claim(
        id="S5",
        statement="The throttle in libports fixes that.",
        expected="no panic where S4 panics, and no server above 251 threads",
        trials=(
            *(null(f"{ports:,} at once", ports, "kill", ended, libports="throttle") for ports in THROTTLED),
            *(null(f"threads, {ports:,}", ports, "kill", most_threads, libports="throttle") for ports in THROTTLED),
            null("most messages waiting", LADDER[-1], "kill", most_queued, libports="throttle"),
            null("waiting at the end", LADDER[-1], "kill", queued, libports="throttle"),
        ),
        figure=ended,
        summary=throttled,
        rule=both(
            words(lambda word: not word.startswith("panic"), *(f"{ports:,} at once" for ports in THROTTLED)),
            between(0, 251, *(f"threads, {ports:,}" for ports in THROTTLED)),
        ),
        mechanism="From 64 threads on, a new thread first sleeps, and there are never more than 251. The messages wait in queues instead, "
        "which costs a small fraction of what threads cost, and are handled later.",
        falsified="A server above 251 threads, or a backlog of messages that fills the zone map.",
    ),
    Claim(
        id="S26",
        statement="Many opens from a few processes: open fails and translators misbehave, but nothing crashes.",
        expected="a call fails with an error; no panic before the zone map itself is full",
        trials=(
            Trial("opens", FEW, max_events=LONG),
            Trial("of that", FEW, opens_that_failed, max_events=LONG),
            Trial("with descriptors", RunSpec("open-from-few-processes", settings={"descriptors": "yes"})),
        ),
        figure=failures,
        rule=words(lambda word: "no error" not in word and ("panic" not in word or word.endswith("zone_map")), "opens", "with descriptors"),
        mechanism="The names of a process are in one table, and a large table comes from kalloc_map; when that is full the call fails, "
        "without a panic. The first table that cannot grow is that of null, which has two names per open file where the process has one. "
        "With open() a process gets EMFILE long before: it has 1,024 descriptors (RLIMIT_NOFILE).",
        falsified="A panic of a memory other than zone_map, or no error at all.",
    ),
    Claim(
        id="S27",
        statement="After 32768 opens of /dev/null its translator stops working, and a new one is started.",
        expected="the model's own number is from 24,000 to 45,000",
        trials=(
            Trial("files open until then", MANY, max_events=LONG),
            Trial("of the ten that open", MANY, opens_that_failed, max_events=LONG),
            Trial("starts of null", MANY, extra("null_starts"), max_events=LONG),
        ),
        figure=extra("opens"),
        rule=between(24_000, 45_000, "files open until then"),
        open=True,
        mechanism="Why it happened at that number was never known. In the model null has two names per open file, in one table that grows "
        "in steps. The old and the new table exist at the same time, and a new one is looked for only behind the last one taken, so much "
        "of kalloc_map is free when the table cannot grow. What null then lacks a name for decides what an open finds: for the "
        "right to reply, the file system takes null for dead and starts a new one; for a right in the request, the open hangs; for "
        "anything later, it fails.",
        falsified="A number that does not change with the size of that memory.",
    ),
)
CLAIMS = (*THREADS, *CLOSING)
