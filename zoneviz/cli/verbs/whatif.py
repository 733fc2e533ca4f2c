"""`zoneviz whatif`: a recorded run again with a policy it did not have, and until when that policy would have helped."""

from collections.abc import Callable, Generator
from contextlib import closing
from typing import Annotated

import typer

from zoneviz.app import noreturn, policies
from zoneviz.app import whatif as app_whatif
from zoneviz.cli.arguments import File, Json
from zoneviz.cli.interrupt import stoppable
from zoneviz.cli.output import print_json, print_line
from zoneviz.cli.progress import work_bar
from zoneviz.cli.verbs import Verb
from zoneviz.errors import UsageError
from zoneviz.mach.switching import KILL
from zoneviz.recording import Recording
from zoneviz.words import plain

Shown = app_whatif.Effect | noreturn.NoReturn


def whatif(
    file: File,
    policy: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help=f"A policy: {policies.EXAMPLES}. Repeatable.", show_default="each known limit"),
    ] = None,
    when: Annotated[bool, typer.Option("--when", help="Find the last event at which switching it on avoids the panic or hang.")] = False,
    workers: Annotated[int | None, typer.Option(min=1, max=256, metavar="N", help="Runs at once.", show_default="one per core")] = None,
    within: Annotated[int, typer.Option(min=1, metavar="N", help="Exact to this number of events.")] = 1,
    json: Json = False,
) -> None:
    """Run a recording again with a policy it did not have; with --when, find the point of no return.

    Ctrl-C skips the rest.
    """
    chosen = [policies.policy(text) for text in policy or ()]
    if not when and any(one.setting == KILL for one in chosen):
        raise UsageError("kill needs --when: from boot there is no task to kill.")
    if not chosen:
        with Recording(file) as recording:
            chosen = app_whatif.limits(recording.header)
    found: list[Shown] = []

    def tell(one: Shown) -> None:
        found.append(one)
        if not json:
            print_line(plain(one.sentence))

    work: Generator[tuple[int, int], None, object]
    work = noreturn.points(file, chosen, tell, workers, within) if when else app_whatif.effects(file, chosen, tell)
    finished = _watched(work, str(file), not json)
    if json:
        print_json({"policies": [one.as_json() for one in found], "complete": finished})


def _watched(work: Generator[tuple[int, int], None, object], name: str, shown: bool) -> bool:
    """Do the work with a progress bar. False if a signal stopped it."""
    update: Callable[[int, int], None]
    with stoppable() as stopped, work_bar(name, shown) as update, closing(work):
        for done, of in work:
            if stopped():
                return False
            update(done, of)
    return True


VERB = Verb(whatif, "Look inside")
