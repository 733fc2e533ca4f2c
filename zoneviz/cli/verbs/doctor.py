"""`zoneviz doctor`: what this machine lacks."""

from zoneviz.app.doctor import doctor as app_doctor
from zoneviz.cli.arguments import Json
from zoneviz.cli.output import console, print_json, table
from zoneviz.cli.verbs import Verb


def doctor(json: Json = False) -> int:
    """Check this machine for everything zoneviz needs, and say how to install what is missing.

    Exit status 1 if something required is missing.
    """
    checks = app_doctor()
    if json:
        print_json([check.as_json() for check in checks])
    else:
        words = {(True, True): "ok", (True, False): "ok", (False, True): "MISSING", (False, False): "optional"}
        rows = [(words[check.ok, check.needed], check.what, check.found, check.remedy) for check in checks]
        console().print(table(("", "what", "found", "what to do"), rows))
    return int(any(check.needed and not check.ok for check in checks))


VERB = Verb(doctor, "Set up")
