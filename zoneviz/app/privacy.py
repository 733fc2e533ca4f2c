"""Removing what identifies the user from texts that are sent away: home folder, user name, host name."""

import getpass
import json
import re
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

from zoneviz.recording import Header

NOBODY = {"", "root", "user", "guest", "localhost", "debian", "ubuntu", "hurd"}
"""Common names: they identify nobody, and recordings contain them for other reasons."""
_LEAST = 3


def secrets() -> list[tuple[str, str]]:
    """Regular expressions of what to remove, and the replacement of each."""
    out = [(re.escape(str(home)), "~") for home in {_home(), _home().resolve()} if home.is_absolute() and len(home.parts) > 1]
    out.append((r"/(?:home|Users|root)/[^/\s\"',;:]+", "~"))
    host = socket.gethostname()
    for name, instead in ((_user(), "(user)"), (host, "(host)"), (host.partition(".")[0], "(host)")):
        if len(name) >= _LEAST and name.lower() not in NOBODY:
            out.append((rf"(?<!\w){re.escape(name)}(?!\w)", instead))
    return out


def anonymous(text: str) -> str:
    """The text with all of `secrets` replaced."""
    for pattern, instead in secrets():
        text = re.sub(pattern, instead, text, flags=re.IGNORECASE)
    return text


def without_person(header: Header) -> Header:
    """The header with all of `secrets` replaced. Names from inside the simulated machine (of tasks, in messages) are not in a header."""
    values: dict[str, Any] = {name: anonymous(getattr(header, name)) for name in ("scenario", "profile", "incomplete_reason")}
    values |= {name: _all(getattr(header, name)) for name in ("parameters", "profile_values", "result")}
    return replace(header, **values)


def _all(value: Any) -> Any:
    return json.loads(anonymous(json.dumps(value, ensure_ascii=False, default=str)))


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:
        return Path("/")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
