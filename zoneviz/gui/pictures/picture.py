"""A picture of a view or the window, for development: `zoneviz shot` without its check for Qt.

`python -m zoneviz.gui.pictures.picture FILE OUT.png [--dark] [--window | --view NAME] [--at EVENT] [--size WxH]
[--against FILE --part PART]`. Needs no display.
"""

import argparse
import os
import sys
from pathlib import Path

from zoneviz.app.pictures import Shot, size
from zoneviz.errors import ZonevizError
from zoneviz.gui.pictures.shots import TIMELINE, WINDOW, shoot


def main(arguments: list[str]) -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m zoneviz.gui.pictures.picture", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--window", action="store_true")
    parser.add_argument("--view", default=TIMELINE)
    parser.add_argument("--at", default="end")
    parser.add_argument("--size", default="1600x1000")
    parser.add_argument("--against", type=Path)
    parser.add_argument("--part", default="")
    asked = parser.parse_args(arguments)
    view, theme = WINDOW if asked.window else asked.view, "dark" if asked.dark else "light"
    try:
        width, height = size(asked.size)
        shoot(Shot(asked.file, asked.out, view, asked.at, None, theme, width, height, 1.0, False, True, asked.against, asked.part))
    except ZonevizError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    return 0


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.exit(main(sys.argv[1:]))
