"""The numbers that claims read off a run, out of what was seen of it (app.watching)."""

from itertools import pairwise
from statistics import median

from zoneviz.claims.model import Figure, Number, Seen


def forks(seen: Seen) -> Number | None:
    """Forks of the experiment itself that succeeded: not those by which the system came up."""
    return int(seen["counts"]["operations"])


def memory(seen: Seen) -> Number | None:
    """The memory that ended the run, or how it ended without one."""
    return str(seen["panic"]["memory"]) if seen["panic"] else str(seen["outcome"])


def panic_text(seen: Seen) -> Number | None:
    """What stood on the console."""
    return str(seen["panic"]["text"]) if seen["panic"] else str(seen["outcome"])


def ended(seen: Seen) -> Number | None:
    """`panic: MEMORY`, or the outcome with its error."""
    if seen["panic"]:
        return f"panic: {seen['panic']['memory']}"
    return f"{seen['outcome']} {seen['kern_return']}" if seen["kern_return"] else str(seen["outcome"])


def threads(server: str) -> Figure:
    """Most threads that a task of this name had at once."""
    return lambda seen: seen["threads"].get(server, {"peak": 0})["peak"]


def most_threads(seen: Seen) -> Number | None:
    """Most threads that any server had at once."""
    return max((row["peak"] for row in seen["threads"].values()), default=0)


def threads_over_busy(server: str) -> Figure:
    """How many more threads than messages it ever had in hand at once."""
    return lambda seen: seen["threads"][server]["peak"] - seen["threads"][server]["busy"] if server in seen["threads"] else None


def threads_lost(server: str) -> Figure:
    """How many of its most threads are gone at the end."""
    return lambda seen: seen["threads"][server]["peak"] - seen["threads"][server]["end"] if server in seen["threads"] else None


def most_queued(seen: Seen) -> Number | None:
    """Most messages that waited at once."""
    return int(seen["most_queued"])


def queued(seen: Seen) -> Number | None:
    """Messages that wait at the end."""
    return int(seen["counts"]["messages"])


def names_of_last(seen: Seen) -> Number | None:
    """Names in the space of the youngest process."""
    return seen["processes"][-1]["names"] if seen["processes"] else None


def receive_rights_by_generation(seen: Seen) -> Number | None:
    """How many more receive rights the younger processes have than the one before each: the median over the younger half."""
    counts = [process["receive"] for process in seen["processes"]]
    steps = [b - a for a, b in pairwise(counts[len(counts) // 2 :])]
    return median(steps) if steps else None


def failures(seen: Seen) -> Number | None:
    """Which errors operations ended with, and how the run did."""
    errors = ", ".join(f"error {kr} {count:,} times" for kr, count in seen["errors"].items())
    return f"{errors or 'no error'}; {ended(seen)}"


def rising_zone(seen: Seen) -> Number | None:
    """The zone that grew most over the second half, and in what share of its steps it rose."""
    half = seen["samples"][len(seen["samples"]) // 2 :]
    if len(half) < 3:
        return None
    grown = {zone: half[-1]["zones"][zone] - size for zone, size in half[0]["zones"].items()}
    zone = max(grown, key=lambda name: grown[name])
    steps = [b["zones"][zone] > a["zones"][zone] for a, b in pairwise(half)]
    return f"{zone} rises in {sum(steps) / len(steps):.0%} of the steps"


def process_span(seen: Seen) -> Number | None:
    """How much the number of processes varied over the second half."""
    half = [sample["processes"] for sample in seen["samples"][len(seen["samples"]) // 2 :]]
    return max(half) - min(half) if half else None


def extra(name: str) -> Figure:
    """What the scenario itself put into its result."""
    return lambda seen: seen.get(name)


def booted(seen: Seen) -> Number | None:
    """Whether it boots, and how much of kernel_map is then left."""
    if seen["panic"]:
        return f"panic {seen['panic']['text']}"
    return f"boots, {seen['kernel_map']['free'] / 2**20:.1f} MiB of kernel_map left"
