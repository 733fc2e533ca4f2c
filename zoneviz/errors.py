"""Whose fault it was: the person's, the surroundings', or ours.

The first two are told in one sentence on stderr with a non-zero exit; anything else is a bug and may show
a traceback. Every layer may raise these; only the doors (`cli`, `gui`, `__main__`) turn them into words.
"""


class ZonevizError(Exception):
    """Base of the errors that are told in one sentence. `str(error)` is that sentence; exit status 1."""

    exit_status = 1


class UsageError(ZonevizError):
    """The person asked for something that cannot be asked (a wrong parameter, an unknown name). Exit status 2."""

    exit_status = 2


class InputError(ZonevizError):
    """A file handed to us is missing, damaged, hostile or from the future. Exit status 1."""


class EnvironmentProblem(ZonevizError):
    """The surroundings do not allow it: disk full, no display, a library missing, no permission. Exit status 1."""
