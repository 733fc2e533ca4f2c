"""Running a scenario in the terminal: a progress bar, then the result."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zoneviz import words
from zoneviz.app.running import run
from zoneviz.cli.interrupt import stoppable
from zoneviz.cli.output import biggest, console, machine_rows, parameters_text, print_pairs, zone_table
from zoneviz.cli.progress import run_bar
from zoneviz.recording.outcome import outcome
from zoneviz.spec import RunSpec
from zoneviz.words import plain


def run_watched(spec: RunSpec, shown: bool) -> tuple[dict[str, Any], Path | None]:
    """Run with a progress bar on the terminal if `shown`; Ctrl-C ends the run. Returns result and recording as `app.run`."""
    with stoppable() as stopped, run_bar(spec.scenario, shown) as progress:
        return run(spec, progress, stopped)


def print_result(result: Mapping[str, Any], recording: Path | None, picture: Path | None = None) -> None:
    """Print the end of a run: the panic message if there is one, the outcome, the machine, and the largest zones."""
    out = console()
    panic = result["panic"]
    if panic is not None:
        out.print(f"panic: {plain(panic['text'])}")
        out.print()
    end = outcome(result["outcome"]).word.lower()
    rows: list[tuple[str, object]] = [
        ("scenario", f"{result['scenario']}, seed {result['seed']}, {parameters_text(result['parameters'])}"),
        ("profile", result["profile"]),
        ("outcome", f"{end}, kern_return {result['kern_return']}" if result["kern_return"] else end),
    ]
    if result.get("why"):
        rows.append(("why", result["why"]))
    if panic is not None:
        rows += [("memory full", panic["memory"]), ("running", panic["task"]), ("call path", " > ".join(panic["call_path"]))]
    rows += machine_rows(result)
    simulated, real = (words.duration(round(result[f"{clock}_seconds"] * 1e9)) for clock in ("simulated", "wall"))
    took = f"{simulated} simulated, {real} real"
    rows.append(("events", f"{words.number(result['events'])} in {took}, kernel {result['kernel']}"))
    rows.append(("digest", result["digest"]))
    if recording is not None:
        rows.append(("recording", recording))
    if picture is not None:
        rows.append(("timeline", picture))
    print_pairs(rows)
    out.print()
    out.print("The largest zones:")
    out.print(zone_table(biggest(result["zones"])))
