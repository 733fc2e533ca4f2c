"""zoneviz: see why a Mach kernel ran out of zone memory.

    import zoneviz

    with zoneviz.run("fork-bomb", zone_map_size="4M") as recording:
        print(recording.diagnose().findings[0].sentence)
        zones = recording.zones(at="panic").to_pandas()

`open(path)` opens a recording, `run(scenario, ...)` makes one; both return a `Recording`.
`sweep(scenario, vary, ...)` runs many, `results(path)` reads what they gave; both return a `Table`. docs/python.md is a tour.
Importing zoneviz loads nothing else: numpy and SQLite come with the first use of one of these names, Qt never.
"""

import importlib
from typing import Any

__version__ = "0.1.0"

__all__ = [
    "EnvironmentProblem", "InputError", "Recording", "Table", "UsageError", "ZonevizError", "__version__", "open", "results", "run",
    "sweep",
]  # fmt: skip

_HOMES = {name: "zoneviz.errors" if name.endswith(("Error", "Problem")) else "zoneviz.api" for name in __all__ if name[0] != "_"}


def __getattr__(name: str) -> Any:
    """Load what is asked for. Types are in zoneviz.api: naming them here would put every module into one circle of imports."""
    if name not in _HOMES:
        raise AttributeError(f"module 'zoneviz' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
