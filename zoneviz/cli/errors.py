"""Errors become one sentence on stderr and an exit status. An exception that is our bug passes through as a traceback."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress

from zoneviz.errors import ZonevizError
from zoneviz.words import plain


def say(sentence: str) -> None:
    """Print one line on stderr, with control characters escaped: names out of recordings must not reach the terminal raw."""
    print(plain(sentence), file=sys.stderr, flush=True)


def reported(action: Callable[[], object]) -> int:
    """Call `action` and print the error it raises. Returns the exit status: the action's own if it returns an int, else 0."""
    try:
        status = action()
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except ZonevizError as error:
        say(str(error))
        return error.exit_status
    except KeyboardInterrupt:
        say("Interrupted.")
        return 130
    except BrokenPipeError:
        _drop_output()
        return 1
    except OSError as error:
        _drop_output()
        say(f"{error.filename or 'The output'}: {error.strerror or error}.")
        return 1
    except Exception as error:
        # typer's usage errors: their classes have moved between releases, their interface has not.
        message = getattr(error, "format_message", None)
        if message is None:
            raise
        words = " ".join(str(message()).split())
        command = getattr(getattr(error, "ctx", None), "command_path", "zoneviz")
        if words:
            say(f"{words.rstrip('.')}. See `{command} --help`.")
        return int(getattr(error, "exit_code", 2))


def _drop_output() -> None:
    """Point stdout at /dev/null: Python flushes it again at exit, and writing has failed already."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
