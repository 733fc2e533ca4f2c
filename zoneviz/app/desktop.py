"""Desktop integration for one user: menu entry, icon, file types, metainfo, man page and shell completions, in their data folder."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from zoneviz import resources
from zoneviz.app.writing import written

_MADE = {"zoneviz.desktop": "applications", "zoneviz.xml": "mime/packages", "zoneviz.metainfo.xml": "metainfo"}
_REFRESH = (("update-desktop-database", "applications"), ("update-mime-database", "mime"))
_SHELLS = {
    "bash": "bash-completion/completions/zoneviz",
    "zsh": "zsh/site-functions/_zoneviz",
    "fish": "fish/vendor_completions.d/zoneviz.fish",
}


def data_folder() -> Path:
    """The user's data folder: $XDG_DATA_HOME, or ~/.local/share."""
    given = os.environ.get("XDG_DATA_HOME", "")
    return Path(given) if given.startswith("/") else Path.home() / ".local" / "share"


def install(manual: str, completions: Mapping[str, str], folder: Path | None = None) -> list[Path]:
    """Write all files, replacing old ones, and refresh the desktop's databases if its programs are installed. Returns the files.

    `manual`: the man page; `completions`: the script of each shell. Errors: EnvironmentProblem or UsageError if a file cannot be
    written.
    """
    into = folder or data_folder()
    files = _files(manual, completions)
    for name, data in files.items():
        path = into / name
        with suppress(OSError):  # `written` reports it in one sentence
            path.parent.mkdir(parents=True, exist_ok=True)
        with written(path, force=True) as out:
            out.write(data)
    _refresh(into)
    return [into / name for name in files]


def remove(folder: Path | None = None) -> list[Path]:
    """Remove all files and refresh the desktop's databases. Returns the files that existed.

    Errors: OSError if one cannot be removed.
    """
    into = folder or data_folder()
    existing = [into / name for name in _files("", dict.fromkeys(_SHELLS, "")) if (into / name).exists()]
    for path in existing:
        path.unlink()
    _refresh(into)
    return existing


def _files(manual: str, completions: Mapping[str, str]) -> dict[str, bytes]:
    source = resources.folder("resources")
    out = {f"{place}/{name}": (source / "desktop" / name).read_bytes() for name, place in _MADE.items()}
    out["applications/zoneviz.desktop"] = out["applications/zoneviz.desktop"].replace(b"@EXEC@", _command().encode())
    out["icons/hicolor/scalable/apps/zoneviz.svg"] = resources.icon("zoneviz").read_bytes()
    out["man/man1/zoneviz.1"] = manual.encode()
    return out | {_SHELLS[shell]: text.encode() for shell, text in completions.items()}


def _command() -> str:
    """The command that starts this zoneviz, quoted for an Exec line."""
    installed = Path(sys.executable).with_name("zoneviz")
    found = str(installed) if installed.exists() else shutil.which("zoneviz")
    words = [found] if found else [sys.executable, "-m", "zoneviz"]
    return " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    """Quoted by "The Exec key" of the Desktop Entry Specification, then escaped as every string value of a desktop entry."""
    word = word.replace("%", "%%")
    if not any(c in " \t\n\"'\\><~|&;$*?#()`" for c in word):
        return word
    quoted = "".join(f"\\{c}" if c in '"`$\\' else c for c in word)
    return '"' + quoted.replace("\\", "\\\\") + '"'


def _refresh(into: Path) -> None:
    for program, folder in _REFRESH:
        found = shutil.which(program)
        if found and (into / folder).is_dir():
            subprocess.run([found, str(into / folder)], capture_output=True, timeout=60, check=False)
