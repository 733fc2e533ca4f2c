"""`zoneviz repair`: what can be saved of a damaged recording."""

from zoneviz import words
from zoneviz.app.parts import repair as app_repair
from zoneviz.cli.arguments import File, Force, Json, Made
from zoneviz.cli.output import console, print_json
from zoneviz.cli.verbs import Verb
from zoneviz.words import plain


def repair(file: File, output: Made, force: Force = False, json: Json = False) -> None:
    """Save what is readable of a damaged recording, and say what was lost."""
    result = app_repair(file, output, force=force)
    if json:
        print_json(result)
        return
    out = console()
    recorded = result["recorded_events"]
    of = "" if recorded is None else f" of {words.number(recorded)}"
    out.print(plain(f"{result['file']}: saved {words.number(result['events'])} events{of}."))
    for sentence in result["lost"]:
        out.print(plain(sentence))


VERB = Verb(repair, "Compare and check")
