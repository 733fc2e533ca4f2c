"""What to capture on each system: the parts of docs/capturing.md."""

import re

from zoneviz import resources
from zoneviz.errors import EnvironmentProblem, UsageError

SYSTEMS = {"macos": "macOS", "linux": "Linux", "freebsd": "FreeBSD", "hurd": "GNU Mach and the Hurd"}
"""The heading of each system's part."""
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


def howto(system: str | None = None) -> str:
    """The part of a system, a key of SYSTEMS, with the general advice before it; or the whole page.

    Errors: UsageError for an unknown system; EnvironmentProblem if the page is not installed.
    """
    if system is not None and system not in SYSTEMS:
        raise UsageError(f"There is no advice for {system!r}. Choose one of {', '.join(SYSTEMS)}.")
    path = resources.folder("docs") / "capturing.md"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise EnvironmentProblem(f"{path} cannot be read: {error.strerror}. Install zoneviz again.") from error
    if system is None:
        return text
    first, *rest = _HEADING.split(text)
    advice = first[first.index("- ") :]
    return f"{SYSTEMS[system]}\n\n{dict(zip(rest[::2], rest[1::2], strict=True))[SYSTEMS[system]].strip()}\n\n{advice.strip()}\n"
