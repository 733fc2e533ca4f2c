"""The example recordings: what each shows, and the experiments to begin with."""

from functools import cache
from pathlib import Path

from zoneviz import resources
from zoneviz.app.heads import stem

TOUR = "fork-bomb"
"""The example that the guided tour shows."""
SENTENCES = {
    "fork-bomb": "Processes fork and stay until the zone map is full: the kernel panics",
    "dev-null-storm": "4,000 ports close at once; a server starts threads until the kernel panics",
    "dev-null-throttled": "The same with a limit on threads: messages wait, nothing panics",
    "real-messages": "GNU Mach of 2007, not simulated: queued messages fill its memory",
    "linux-sockets": "Linux 6.18: a program opens sockets and keeps them",
    "macos-panic": "macOS 26.3: one panic report, 19 GB in one zone",
}
"""What each example shows, by the name of its file; the easiest one first."""
EXPERIMENTS = ("fork-bomb", "port-leak", "ports-to-dev-null", "package-build")
"""Scenarios to begin with, the easiest one first."""


def examples() -> dict[Path, str]:
    """The example recordings that are installed, each with a sentence on what it shows; the easiest one first."""
    order = list(SENTENCES)
    found = {stem(path): path for path in resources.recordings()}
    known = sorted(found, key=lambda name: order.index(name) if name in order else len(order))
    return {found[name]: SENTENCES.get(name, "") for name in known}


@cache
def for_tour() -> Path | None:
    """The example that the guided tour shows; None if it is not installed."""
    return next((path for path in examples() if stem(path) == TOUR), None)
