"""One file per view: a file of this folder that defines a `View` (base.py) is found by itself."""

import importlib
import pkgutil
from functools import cache

from zoneviz.gui.views.base import View


@cache
def views() -> tuple[type[View], ...]:
    """The views that have a tab, in the order of their tabs: by `place`, then by title."""
    found = [kind for module in pkgutil.iter_modules(__path__) for kind in _defined_in(f"{__name__}.{module.name}")]
    return tuple(sorted((kind for kind in found if kind.place), key=lambda kind: (kind.place, kind.title)))


def _defined_in(module: str) -> list[type[View]]:
    values = vars(importlib.import_module(module)).values()
    return [kind for kind in values if isinstance(kind, type) and issubclass(kind, View) and kind.__module__ == module and kind is not View]
