"""Whose fault an error is: the user's, the environment's, or ours.

The first two are a ZonevizError: one sentence on stderr and a non-zero exit status. Any other exception is a bug and may
print a traceback. Every layer may raise a ZonevizError; only `cli`, `gui` and `__main__` print one.
"""


class ZonevizError(Exception):
    """Base of the errors that are reported in one sentence, `str(error)`. Exit status 1."""

    exit_status = 1


class UsageError(ZonevizError):
    """Invalid request: an unknown name, a value out of range, an output that exists. Exit status 2."""

    exit_status = 2


class InputError(ZonevizError):
    """Invalid file: missing, damaged, hostile, or from a newer version. Exit status 1."""


class Forgotten(InputError):
    """What was asked for has just been dropped from a recording in progress. Asking again returns what is left."""


class EnvironmentProblem(ZonevizError):
    """The environment does not allow it: disk full, no display, missing library, no permission. Exit status 1."""


class Stopped(ZonevizError):
    """The work was stopped by its caller. Exit status 1."""


def described(error: BaseException) -> str:
    """`ValueError: the message`, on one line."""
    message = " ".join(str(error).split())
    return f"{type(error).__name__}: {message}" if message else type(error).__name__
