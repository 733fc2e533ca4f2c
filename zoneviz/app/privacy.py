"""What identifies a person, taken out of text that is given away: their folder, their name on this machine, the machine's."""

import getpass
import json
import re
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

from zoneviz.recording import Header

NOBODY = {"", "root", "user", "guest", "localhost", "debian", "ubuntu", "hurd"}
"""Names that many have: they identify nobody, and stand in recordings for other reasons."""
_LEAST = 3


def secrets() -> list[tuple[str, str]]:
    """What to look for, as regular expressions, and what to say instead."""
    out = [(re.escape(str(home)), "~") for home in {_home(), _home().resolve()} if home.is_absolute() and len(home.parts) > 1]
    out.append((r"/(?:home|Users|root)/[^/\s\"',;:]+", "~"))
    host = socket.gethostname()
    for name, instead in ((_user(), "(user)"), (host, "(host)"), (host.partition(".")[0], "(host)")):
        if len(name) >= _LEAST and name.lower() not in NOBODY:
            out.append((rf"(?<!\w){re.escape(name)}(?!\w)", instead))
    return out


def anonymous(text: str) -> str:
    """The text without them."""
    for pattern, instead in secrets():
        text = re.sub(pattern, instead, text, flags=re.IGNORECASE)
    return text


def without_person(header: Header) -> Header:
    """A recording's header without them. What the kernel itself was told (names of tasks, messages) is not in it."""
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
