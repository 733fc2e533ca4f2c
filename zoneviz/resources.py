"""Paths of the files that come with zoneviz: icons, desktop files and the schema (resources/), example recordings, documents (docs/).

They are at the top of a checkout, and in `zoneviz/_data` of an installed wheel.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The folder `name` ("resources", "recordings" or "docs"), installed or in the checkout; it may not exist."""
    installed = _PACKAGE / "_data" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def icon(name: str) -> Path:
    """The SVG file of an icon, such as `icon("run")`; `icon("zoneviz")` is the program's."""
    return folder("resources") / "icons" / f"{name}.svg"


def schema(version: int | None = None) -> Path:
    """The SQL file with the tables of a recording, of our format or of an older version."""
    return folder("resources") / ("schema.sql" if version is None else f"schema-{version}.sql")


def signatures() -> Path:
    """The JSON file with the signatures of runs, which `make signatures` writes."""
    return folder("resources") / "signatures.json"


def recordings() -> list[Path]:
    """The example recordings, plain or packed, in order of name."""
    return sorted(path for path in folder("recordings").glob("*.zvz*") if path.name.endswith((".zvz", ".zvz.zst")))
