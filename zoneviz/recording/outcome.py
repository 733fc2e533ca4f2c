"""How a run or a recording ended, in one word and one sentence. The window, the command line and reports say the same."""

from typing import NamedTuple

from zoneviz.recording.header import EXCERPT, INTERRUPTED, LIVE, SAMPLED, SIMULATED


class Outcome(NamedTuple):
    """`word`: one or two, capitalised. `sentence`: the same in full. `tone`: "danger", "warning" or ""."""

    word: str
    sentence: str
    tone: str = ""


PANIC = Outcome("Panic", "The kernel panicked.", "danger")
INCOMPLETE = Outcome("Incomplete", "The recording stops before the run ended.", "warning")
UNKNOWN = Outcome("Ended", "How it ended is not recorded.")
OUTCOMES = {
    "panic": PANIC,
    "finished": Outcome("Finished", "The run finished without a panic."),
    "booted": Outcome("Booted", "The kernel booted, and nothing else was run."),
    "error": Outcome("Error", "A call failed, and the run ended.", "warning"),
    "hang": Outcome("Hang", "No thread could run.", "warning"),
    INTERRUPTED: Outcome("Stopped", "You stopped this run."),
    EXCERPT: Outcome("Excerpt", "The excerpt ends before its run."),
}
"""By outcome in the header."""
OF_MACHINE = {
    "finished": Outcome("Finished", "Its time was over."),
    INTERRUPTED: Outcome("Stopped", "You stopped it."),
    "stopped": Outcome("Limit reached", "The file reached its limit."),
}
"""The same for recordings of a live machine, which kept running."""
CAPTURED = Outcome("No panic recorded", "The last reading reports no panic; the machine may have continued.")
"""Readings that do not end in a panic."""


def outcome(name: str, kind: str = SIMULATED, complete: bool = True) -> Outcome:
    """The outcome with this name, of a recording of this `kind` of `header.ORIGINS`."""
    if name == "panic":
        return PANIC
    if not complete:
        return INCOMPLETE
    if kind == SAMPLED and name == "finished":
        return CAPTURED
    return (OF_MACHINE if kind == LIVE else OUTCOMES).get(name) or OUTCOMES.get(name, UNKNOWN)
