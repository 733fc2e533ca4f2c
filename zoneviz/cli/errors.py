"""Errors told in one sentence and an exit status. What is nobody's fault but ours passes through, as a traceback."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress

from zoneviz.errors import ZonevizError
from zoneviz.units import plain


def say(sentence: str) -> None:
    """One line on stderr. Names out of recordings are text there, never a terminal's control codes."""
    print(plain(sentence), file=sys.stderr, flush=True)


def told(action: Callable[[], object]) -> int:
    """Do it; its exit status, 0 if it gives no number. An error it raises is told on stderr."""
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
        # typer's own complaints: their classes have moved between its releases, their interface has not.
        message = getattr(error, "format_message", None)
        if message is None:
            raise
        words = " ".join(str(message()).split())
        if words:
            say(words if words.endswith(".") else f"{words}.")
        return int(getattr(error, "exit_code", 2))


def _drop_output() -> None:
    """Python flushes stdout once more on its way out: let it, into nothing, where writing has failed already."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
