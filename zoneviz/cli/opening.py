"""Opening the window, or showing the same in the terminal where no window can open. Imports nothing that the window does not need."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from zoneviz.cli.doors import Doors
from zoneviz.cli.errors import say
from zoneviz.errors import UsageError

if TYPE_CHECKING:
    from zoneviz.spec import RunSpec


def show(doors: Doors, files: Sequence[Path] = (), run: "RunSpec | None" = None, against: Path | None = None) -> int:
    """Show a recording or captures, the comparison of two, a new run, or with none of them the last recording. Returns the exit status.

    Errors, only without a window: InputError for a file that cannot be read; UsageError for a scenario file; as `app.run`.
    """
    problem = doors.no_window()
    if problem is None:
        return doors.window(files, run, against)
    say(f"{problem}, so everything is shown here in the terminal.")
    if run is not None:
        return _run(run, doors)
    from zoneviz.app.shelving import RECORDING, SCENARIO, SWEEP, kind_of, recordings_in
    from zoneviz.cli.main import main as command_line

    names = [str(file) for file in files]
    if not names:
        return command_line(["--help"])
    kinds = [kind_of(file) for file in files]
    if kinds == [SCENARIO]:
        raise UsageError(f"{names[0]} is a scenario. Run it with: zoneviz run {shlex.quote(names[0])}")
    if kinds == [SWEEP]:
        return command_line(["export", names[0], "--to", "markdown", "-o", "-"])
    inside = recordings_in(files[0]) if len(files) == 1 else []
    if inside:
        return command_line(["info", str(inside[0])])
    if set(kinds) != {RECORDING}:
        return command_line(["import", "--dry-run", *names])
    if against is not None or len(names) == 2:
        return command_line(["compare", names[0], str(against or names[1])])
    return command_line(["info", names[0]])


def _run(spec: "RunSpec", doors: Doors) -> int:
    """Run and record it with a progress bar, then print the result and draw the timeline next to the recording."""
    from zoneviz.cli.running import print_result, run_watched

    result, recording = run_watched(spec, shown=True)
    assert recording is not None
    picture = recording.with_suffix(".png")
    problem = doors.draw(recording, picture)
    print_result(result, recording, None if problem else picture)
    if problem:
        say(f"{problem}.")
    return 0
