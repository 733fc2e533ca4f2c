"""Figures that claims read off a run, from what was seen of it (`app.watching`)."""

from itertools import pairwise
from statistics import median

from zoneviz import words
from zoneviz.claims.model import Figure, Number, Seen


def forks(seen: Seen) -> Number | None:
    """Successful forks of the experiment, without those of the boot."""
    return int(seen["counts"]["operations"])


def memory(seen: Seen) -> Number | None:
    """The memory that ran out; the outcome if none did."""
    return str(seen["panic"]["memory"]) if seen["panic"] else str(seen["outcome"])


def panic_text(seen: Seen) -> Number | None:
    """The text of the panic; the outcome if there was no panic."""
    return str(seen["panic"]["text"]) if seen["panic"] else str(seen["outcome"])


def ended(seen: Seen) -> Number | None:
    """`panic: MEMORY`, or the outcome and its error."""
    if seen["panic"]:
        return f"panic: {seen['panic']['memory']}"
    return words.error(seen["kern_return"]) if seen["outcome"] == "error" else str(seen["outcome"])


def threads(server: str) -> Figure:
    """The most threads a task of this name had at once."""
    return lambda seen: seen["threads"].get(server, {"peak": 0})["peak"]


def most_threads(seen: Seen) -> Number | None:
    """The most threads any server had at once."""
    return max((row["peak"] for row in seen["threads"].values()), default=0)


def threads_over_busy(server: str) -> Figure:
    """The most threads of a server minus the most requests it handled at once."""
    return lambda seen: seen["threads"][server]["peak"] - seen["threads"][server]["busy"] if server in seen["threads"] else None


def threads_lost(server: str) -> Figure:
    """The most threads of a server minus those at the end."""
    return lambda seen: seen["threads"][server]["peak"] - seen["threads"][server]["end"] if server in seen["threads"] else None


def most_queued(seen: Seen) -> Number | None:
    """The most messages in queues at once."""
    return int(seen["most_queued"])


def queued(seen: Seen) -> Number | None:
    """Messages in queues at the end."""
    return int(seen["counts"]["messages"])


def of_last(what: str) -> Figure:
    """A count of the youngest process: "receive" (receive rights) or "names"."""
    return lambda seen: seen["processes"][-1][what] if seen["processes"] else None


def receive_rights_by_generation(seen: Seen) -> Number | None:
    """Receive rights that each process has more than its predecessor: the median over the younger half."""
    counts = [process["receive"] for process in seen["processes"]]
    steps = [b - a for a, b in pairwise(counts[len(counts) // 2 :])]
    return median(steps) if steps else None


def failures(seen: Seen) -> Number | None:
    """The errors of failed operations with their counts, and how the run ended."""
    errors = ", ".join(f"{words.error(int(kr))} ({'once' if count == 1 else f'{count:,} times'})" for kr, count in seen["errors"].items())
    return f"{errors or 'no error'}; {ended(seen)}"


def opens_that_failed(seen: Seen) -> Number | None:
    """How many opens failed, with their errors, and how many got no answer; None for a scenario without opens."""
    if "hung" not in seen:
        return None
    failed = [f"{count:,} with {words.error(int(kr))}" for kr, count in seen["failed_opens"].items()]
    return f"{' and '.join(failed) or 'none'} failed, {seen['hung']:,} hang"


def rising_zone(seen: Seen) -> Number | None:
    """The zone that grew most in the second half of the run, and the share of samples in which it rose."""
    half = seen["samples"][len(seen["samples"]) // 2 :]
    if len(half) < 3:
        return None
    grown = {zone: half[-1]["zones"][zone] - size for zone, size in half[0]["zones"].items()}
    zone = max(grown, key=lambda name: grown[name])
    steps = [b["zones"][zone] > a["zones"][zone] for a, b in pairwise(half)]
    return f"{zone} rises in {100 * sum(steps) / len(steps):.0f} % of the samples"


def process_span(seen: Seen) -> Number | None:
    """The range of the number of processes in the second half of the run."""
    half = [sample["processes"] for sample in seen["samples"][len(seen["samples"]) // 2 :]]
    return max(half) - min(half) if half else None


def extra(name: str) -> Figure:
    """A value that the scenario adds to its result."""
    return lambda seen: seen.get(name)


def booted(seen: Seen) -> Number | None:
    """Whether it boots, and the free space of kernel_map after that."""
    if seen["panic"]:
        return f"panic {seen['panic']['text']}"
    return f"boots, {seen['kernel_map']['free'] / 2**20:.1f} MiB of kernel_map left"
