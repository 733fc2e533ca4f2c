"""Diagnostic reports of macOS and iOS: a JSON header line and a JSON body, often cut or pasted with real line ends inside strings.

Values are found by their key, so that a body that is no longer JSON is read as far as it goes. A key twice: the last one counts.
"""

import hashlib
import json
import re
from typing import NamedTuple

_MACOS = (
    (1228, "Mac OS X 10.5"), (1504, "Mac OS X 10.6"), (1699, "Mac OS X 10.7"), (2050, "OS X 10.8"), (2422, "OS X 10.9"),
    (2782, "OS X 10.10"), (3247, "OS X 10.11"), (3789, "macOS 10.12"), (4570, "macOS 10.13"), (4903, "macOS 10.14"),
    (6153, "macOS 10.15"), (7195, "macOS 11"), (8019, "macOS 12"), (8792, "macOS 13"), (10002, "macOS 14"), (11215, "macOS 15"),
    (12377, "macOS 26"), (13000, "macOS"),
)  # fmt: skip
"""The first xnu of each release."""
_VERSION = re.compile(r"\b(macOS|Mac OS X|OS X|iPhone OS|iOS|iPadOS|iPad OS|watchOS|tvOS|visionOS)\s+(\d{1,2}(?:\.\d+){0,2})(?![\d.]*\d)")
_XNU = re.compile(r"\bxnu-(\d{3,5}(?:\.\d+){1,5})")
_PHONES = {"iPhone OS": "iOS", "iPad OS": "iPadOS"}
_STRING = re.compile(r'[^"\\]*(?:(?:\\.|"(?!\s*(?:[,}\]]|$)))[^"\\]*)*', re.DOTALL)  # pasted strings may have bare quotes
_BLANK = re.compile(r"[0\W]*|REDACTED|unknown", re.IGNORECASE)


class Found(NamedTuple):
    """A string in a report: its text, and whether its end is there."""

    text: str
    whole: bool


def string(raw: str, key: str) -> Found | None:
    """The string value of a key, with escapes undone; None if missing."""
    starts = [found.end() for found in re.finditer(rf'(?<!\\)"{key}"\s*:\s*"', raw)]
    if not starts:
        return None
    end = starts[-1]
    body = _STRING.match(raw, end)
    text = body[0] if body else ""
    return Found(unescaped(text), raw[end + len(text) : end + len(text) + 1] == '"')


def number(raw: str, key: str) -> int | None:
    """The value of a key that is a whole number; None if missing, or if its last digit may be cut off."""
    found = re.findall(rf'(?<!\\)"{key}"\s*:\s*(\d{{1,18}})\s*[,}}\]\n]', raw)
    return int(found[-1]) if found else None


def unescaped(text: str) -> str:
    r"""A JSON string's text with `\n`, `\t`, `\"`, `\/` and the like undone; a lone backslash at a cut end is dropped."""
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        plain = {"n": "\n", "t": "\t", "r": "\n", "b": "", "f": "", "u": "\\u"}
        return re.sub(r"\\(.)", lambda found: plain.get(found[1], found[1]), text, flags=re.DOTALL).rstrip("\\")


def complete(raw: str) -> bool:
    """Whether the body, after an optional header line, is whole JSON."""
    for body in (raw.partition("\n")[2], raw):
        try:
            json.loads(body, strict=False)
            return True
        except (ValueError, RecursionError):
            continue
    return False


def system(text: str) -> str:
    """Such as "macOS 26.3 (xnu-12377.81.4)"; the release alone if only the xnu is named, as a kernel does not tell its update."""
    version, kernel = _VERSION.search(text), _XNU.search(text)
    xnu = f" (xnu-{kernel[1]})" if kernel else ""
    if version:
        return f"{_PHONES.get(version[1], version[1])} {version[2]}{xnu}"
    if kernel and "RELEASE_ARM64_T8" not in text:  # phones have the same kernel, and chips of the same numbers
        major = int(kernel[1].split(".")[0])
        release = [name for first, name in _MACOS if first <= major]
        return f"{release[-1]}{xnu}" if release else f"macOS{xnu}"
    return f"XNU{xnu}" if kernel else ""


def facts(raw: str) -> dict[str, str]:
    """What identifies the machine: its model, and a hash of the key that its reports share."""
    out = {}
    model = string(raw, "product") or _model(raw)
    if model and model.text:
        out["model"] = model.text[:40]
    reporter = string(raw, "crashReporterKey")
    if reporter and not _BLANK.fullmatch(reporter.text):
        out["reporter"] = hashlib.blake2b(reporter.text.encode(), digest_size=8).hexdigest()
    return out


def _model(raw: str) -> Found | None:
    found = re.search(r"(?m)^(?:System model name|Model):\s*([A-Za-z]+\d+,\d+)", raw)
    return Found(found[1], True) if found else None
