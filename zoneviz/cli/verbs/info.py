"""`zoneviz info`: what a recording holds and how it ended."""

from zoneviz.app.info import info as app_info
from zoneviz.cli.arguments import File, Json
from zoneviz.cli.output import print_header, print_json
from zoneviz.cli.verbs import Verb


def info(file: File, json: Json = False) -> None:
    """Say what a recording holds and how it ended."""
    header = app_info(file)
    if json:
        print_json(header)
    else:
        print_header(header)


VERB = Verb(info, "Look inside")
