"""Recording this machine from start to end, with progress reports."""

from collections.abc import Callable
from typing import Any

from zoneviz.app.live import Live
from zoneviz.app.live_spec import LiveSpec, LiveStatus
from zoneviz.sources.choosing import reading_source

REPORT_SECONDS = 0.25
"""Time between two progress reports."""


def open_live(spec: LiveSpec) -> Live:
    """Begin to record this machine. Errors: as `Live`, and EnvironmentProblem if its system cannot be recorded."""
    return Live(spec, reading_source(spec.cgroup))


def record(
    spec: LiveSpec,
    on_progress: Callable[[LiveStatus], object] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    on_news: Callable[[str], object] = lambda line: None,
) -> dict[str, Any]:
    """Record this machine until `spec.seconds` are over or `should_stop` returns true. Returns the result, as `record --json` prints it.

    `on_news`: called with each line for the user, such as an alert.

    Errors: as `Live`; what was recorded so far is kept.
    """
    live = open_live(spec)
    while not live.ended:
        if should_stop():
            live.stop()
        else:
            live.advance(REPORT_SECONDS)
        if on_progress is not None:
            on_progress(live.status())
        for line in live.news():
            on_news(line)
    return live.result()
