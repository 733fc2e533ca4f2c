"""The command line: one file per verb in `verbs/`, one parser in `main.py`. Everything it does is a call into `zoneviz.app`.

Exit status: 0, also for a run that ended in a simulated panic; 1 for an error; 2 for wrong usage. An error is one
sentence on stderr; a traceback is a bug.
"""

from zoneviz import __version__


def print_version() -> None:
    """Print the version: `zoneviz --version`, with and without the parser."""
    print(f"zoneviz {__version__}")
