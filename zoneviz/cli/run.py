"""`zoneviz run`: a scenario from boot to its end."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from zoneviz import app
from zoneviz.cli.compare import tell
from zoneviz.cli.errors import say
from zoneviz.cli.interrupt import stoppable
from zoneviz.cli.output import biggest, console, machine_rows, parameters_text, plain, print_json, print_pairs, zone_table
from zoneviz.cli.progress import run_bar
from zoneviz.errors import UsageError
from zoneviz.mach.profile import DEFAULT_PROFILE


def run(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="A scenario's name, or a .py file with one of your own.", show_default=False)
    ],
    profile: Annotated[
        str | None, typer.Option(help="The kernel and machine: see `zoneviz profiles`.", show_default=DEFAULT_PROFILE)
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the scenario or a value of the profile; may be repeated."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same events.", show_default="1")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="The recording (.zvz).", show_default="a new file")
    ] = None,
    no_record: Annotated[bool, typer.Option("--no-record", help="Keep no recording.")] = False,
    max_events: Annotated[int | None, typer.Option(metavar="N", help="Interrupt the run after so many events.")] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Run FILE's scenario again with what is set here changed, and compare the two.", show_default=False
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but what was asked for.")] = False,
) -> None:
    """Run a scenario on the simulated kernel until it ends, and record it.

    Ctrl-C ends the run; what was recorded is good.
    """
    changed = app.RunSpec(scenario, profile or DEFAULT_PROFILE, tuple(settings or ()), 1 if seed is None else seed)
    spec = replace(changed, output=output, record=not no_record, max_events=max_events, force=force)
    if against is not None:
        run_against(against, app.variant(against, spec, profile, seed), json, quiet)
        return
    result, path = run_watched(spec, shown=not (json or quiet))
    if json:
        print_json(result)
        if path is not None and output is None and not quiet:
            say(f"Recorded in {path}.")
    elif not quiet:
        summary(result, path)
    elif path is not None and output is None:
        print(plain(path))


def run_against(original: Path, spec: app.RunSpec, json: bool, quiet: bool) -> None:
    """Record a run and compare the recording `original` (A) with it (B).

    Errors: UsageError if it is not to be recorded.
    """
    if not spec.record:
        raise UsageError("A run that is compared is recorded: --against and --no-record do not go together.")
    _, path = run_watched(spec, shown=not (json or quiet))
    assert path is not None
    if spec.output is None and not quiet:
        say(f"Recorded in {path}.")
    tell(app.compare(original, path), json)


def run_watched(spec: app.RunSpec, shown: bool) -> tuple[dict[str, Any], Path | None]:
    """Run it with a bar on the terminal, if `shown`; Ctrl-C ends it. Result and recording as `app.run`."""
    with stoppable() as stopped, run_bar(spec.scenario, shown) as tell:
        return app.run(spec, tell, stopped)


def summary(result: Mapping[str, Any], path: Path | None, picture: Path | None = None) -> None:
    """The end of a run for people: what stood on the console if it panicked, and how the machine was."""
    out = console()
    panic = result["panic"]
    if panic is not None:
        out.print(f"panic: {plain(panic['text'])}")
        out.print()
    rows: list[tuple[str, object]] = [
        ("scenario", f"{result['scenario']}, seed {result['seed']}, {parameters_text(result['parameters'])}"),
        ("profile", result["profile"]),
        ("outcome", f"{result['outcome']}, kern_return {result['kern_return']}" if result["kern_return"] else result["outcome"]),
    ]
    if result.get("why"):
        rows.append(("why", result["why"]))
    if panic is not None:
        rows += [("memory ended", panic["memory"]), ("running", panic["task"]), ("call path", " > ".join(panic["call_path"]))]
    rows += machine_rows(result)
    rows.append(("events", f"{result['events']:,} in {result['simulated_seconds']:.3f} s simulated, {result['wall_seconds']:.2f} s real"))
    rows.append(("digest", result["digest"]))
    if path is not None:
        rows.append(("recording", path))
    if picture is not None:
        rows.append(("timeline", picture))
    print_pairs(out, rows)
    out.print()
    out.print("The zones that hold most memory:")
    out.print(zone_table(biggest(result["zones"])))
