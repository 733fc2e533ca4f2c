"""What the page says of too many threads, of ports closed all at once, and of disks: S2 to S5, S26 and S27."""

from math import inf

from zoneviz.claims.figures import ended, extra, failures, most_queued, most_threads, queued, threads, threads_lost, threads_over_busy
from zoneviz.claims.model import Claim, Figure, Figures, Variant, spread
from zoneviz.claims.rules import between, both, threshold, words

LADDER = (1000, 4000, 8000, 16000)
"""Ports opened in all, by ten processes, before they are closed."""
THROTTLED = (8000, 16000)
"""Those of them that are tried with the throttle."""


def null(label: str, ports: int, close: str, figure: Figure | None = None, **settings: str) -> Variant:
    """Ten processes open so many ports to /dev/null between them, then close them."""
    values = {"processes": "10", "opens": str(ports // 10), "close": close} | settings
    return Variant(label, "ports-to-dev-null", values, figure=figure)


def throttled(figures: Figures) -> str:
    """How the closes of S4 end with the throttle."""
    ends = ", ".join(f"{ports:,} at once: {spread(figures.get(f'{ports:,} at once', ()))}" for ports in THROTTLED)
    most = max((max(figures.get(f"threads, {ports:,}", (0,)), default=0) for ports in THROTTLED), default=0)
    waited, left = (spread(figures.get(label, ())) for label in ("most messages waiting", "waiting at the end"))
    return f"{ends}; at most {most} threads in a server; up to {waited} messages waited, {left} at the end"


THREADS = (
    Claim(
        id="S2",
        statement="The servers make an absurd number of threads when many requests come at once.",
        expected="8,000 closes at once: over 100 threads in null, one more than the requests it had in hand, all kept",
        variants=(
            null("4,000 closed", 4000, "kill"),
            null("8,000 closed", 8000, "kill"),
            null("more than requests in hand", 8000, "kill", threads_over_busy("null")),
            null("gone at the end", 8000, "kill", threads_lost("null")),
        ),
        figure=threads("null"),
        rule=both(between(100, inf, "8,000 closed"), between(1, 1, "more than requests in hand"), between(0, 0, "gone at the end")),
        mechanism="A thread of libports that takes a message makes another one if nobody listens any more. Handlers that wait for a lock "
        "do not listen. A burst that comes faster than they get on makes a thread for each message, and none of them ever goes away. With "
        "4,000 it is chance whether the handlers get in each other's way: it depends on when in the scheduler's second the burst comes.",
        falsified="A server with fewer threads than requests it had in hand, or threads that end.",
    ),
    Claim(
        id="S3",
        statement="Heavy load on the disk does it too.",
        expected="more than 200 threads of ext2fs for a burst of 2000 pages; with a fixed pool no more than 10 for each of its two loops",
        variants=(
            Variant("plain", "disk-load", {"pages": "2000"}),
            Variant("pool of 10", "disk-load", {"pages": "2000", "libports": "pool"}),
        ),
        figure=threads("ext2fs"),
        rule=both(between(200, inf, "plain"), between(1, 20, "pool of 10")),
        unit="threads",
        mechanism="The kernel writes back a page a message. The pager's loop makes threads as that of the ports does, and all of them "
        "wait for the one disk.",
        falsified="A burst that the pager's threads answer as fast as it comes.",
    ),
)
CLOSING = (
    Claim(
        id="S4",
        statement="Opening many ports to /dev/null and closing them all very quickly does it; closing them slowly does not.",
        expected="from some number of ports on the close panics; closed slowly they never do",
        variants=(
            *(null(f"{ports:,} at once", ports, "kill") for ports in LADDER),
            *(null(f"{ports:,} slowly", ports, "slow") for ports in LADDER[-1:]),
        ),
        figure=ended,
        rule=threshold([f"{ports:,} at once" for ports in LADDER], [f"{ports:,} slowly" for ports in LADDER[-1:]]),
        mechanism="The last right to each port is gone at once, and for each the kernel sends a no-senders notification, which no queue "
        "limit holds back. null makes a thread for each that waits for its lock, and drops a port of ext2fs with each, which does "
        "the same. The threads and their stacks take the memory, not the messages.",
        falsified="A panic when the same ports are closed slowly, or none from any number on.",
    ),
    Claim(
        id="S5",
        statement="The throttle in libports fixes that.",
        expected="no panic where S4 panics, and no server above 251 threads",
        variants=(
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
        mechanism="From 64 threads on a new thread first sleeps, and there are never more than 251. The messages wait on queues instead, "
        "which costs a small part of what a thread does, and are worked off later.",
        falsified="A server above 251 threads, or a backlog of messages that fills the zone map itself.",
    ),
    Claim(
        id="S26",
        statement="Many opens from a few processes: open fails and translators misbehave, but nothing crashes.",
        expected="a call fails with an error of its own; no panic before the zone map itself is full",
        variants=(Variant("opens", "open-from-few-processes", max_events=20_000_000),),
        figure=failures,
        rule=words(lambda word: "no error" not in word and ("panic" not in word or word.endswith("zone_map"))),
        mechanism="The names of a process lie in one table, and a large table comes from kalloc_map, whose end is an error and no panic. "
        "The table that cannot grow first is that of null, which has two names for each open file where the process has one.",
        falsified="A panic of another memory than zone_map, or no error at all.",
    ),
    Claim(
        id="S27",
        statement="After 32768 opens of /dev/null its translator no longer works, and a new one is started.",
        expected="the model's own number lies from 24,000 to 45,000",
        variants=(Variant("opens until then", "null-at-32768", max_events=20_000_000),),
        figure=extra("opens"),
        rule=between(24_000, 45_000),
        open=True,
        mechanism="Why it happened at that number was never known. In the model null has two names for each open, in one table that grows "
        "by steps; the old table and the new one exist at once, and when both do not fit into kalloc_map, null can take no further port. "
        "It does not die of that, so no new one is started.",
        falsified="A number that does not change with the size of the memory that is named.",
    ),
)
CLAIMS = (*THREADS, *CLOSING)
