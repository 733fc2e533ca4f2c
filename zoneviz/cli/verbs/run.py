"""`zoneviz run`: run a scenario from boot to its end."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from zoneviz.app.compare import compare, variant
from zoneviz.app.sweep_runs import run_of
from zoneviz.cli.arguments import Force, Json
from zoneviz.cli.comparing import print_comparison
from zoneviz.cli.errors import say
from zoneviz.cli.output import print_json
from zoneviz.cli.running import print_result, run_watched
from zoneviz.cli.simulating import Profile, Scenario, Seed, Settings
from zoneviz.cli.verbs import Verb
from zoneviz.errors import UsageError
from zoneviz.mach.profile import DEFAULT_PROFILE
from zoneviz.spec import RunSpec
from zoneviz.words import plain


def run(
    scenario: Scenario,
    profile: Profile = None,
    settings: Settings = None,
    seed: Seed = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="The recording to write (.zvz).", show_default="a new file")
    ] = None,
    no_record: Annotated[bool, typer.Option("--no-record", help="Write no recording.")] = False,
    max_events: Annotated[int | None, typer.Option(metavar="N", help="Interrupt the run after N events.", show_default=False)] = None,
    against: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Repeat the run in FILE with these settings changed, and compare the two.", show_default=False),
    ] = None,
    point: Annotated[
        int | None,
        typer.Option(metavar="N", help="SCENARIO is the results of a sweep (.zvs): run its point N.", show_default=False),
    ] = None,
    force: Force = False,
    json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only what was asked for.")] = False,
) -> None:
    """Run a scenario on the simulated kernel until it ends, and record it.

    Ctrl-C ends the run; the recording up to there is complete and valid.
    """
    if point is not None:
        if settings or profile is not None or max_events is not None or against is not None:
            raise UsageError("--point takes all settings from the sweep; with it, give only --seed and where to record.")
        changed = run_of(Path(scenario), point, 1 if seed is None else seed)
        _show(replace(changed, output=output, record=not no_record, force=force), json, quiet)
        return
    changed = RunSpec(scenario, DEFAULT_PROFILE if profile is None else profile, tuple(settings or ()), 1 if seed is None else seed)
    spec = replace(changed, output=output, record=not no_record, max_events=max_events, force=force)
    if against is not None:
        _run_against(against, variant(against, spec, profile, seed), json, quiet)
        return
    _show(spec, json, quiet)


def _show(spec: RunSpec, json: bool, quiet: bool) -> None:
    result, path = run_watched(spec, shown=not (json or quiet))
    if json:
        print_json(result)
        if path is not None and spec.output is None and not quiet:
            say(f"Recorded in {path}.")
    elif not quiet:
        print_result(result, path)
    elif path is not None and spec.output is None:
        print(plain(path))


def _run_against(original: Path, spec: RunSpec, json: bool, quiet: bool) -> None:
    """Record a run and compare the recording `original` (A) with it (B).

    Errors: UsageError if `spec` asks for no recording.
    """
    if not spec.record:
        raise UsageError("--against compares two recordings; leave out --no-record.")
    _, path = run_watched(spec, shown=not (json or quiet))
    assert path is not None
    if spec.output is None and not quiet:
        say(f"Recorded in {path}.")
    print_comparison(compare(original, path), json)


VERB = Verb(run, "Run")
