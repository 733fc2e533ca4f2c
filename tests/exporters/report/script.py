"""The functions of the page's script in Qt's JavaScript engine."""

import json
from collections.abc import Sequence
from typing import Any

from PySide6.QtQml import QJSEngine

from zoneviz import resources


class Script:
    """figures.js, loaded. Qt needs an application."""

    def __init__(self) -> None:
        self.engine = QJSEngine()
        source = (resources.folder("resources") / "report" / "figures.js").read_text(encoding="utf-8")
        self._run(source.replace('"use strict";', "", 1))

    def __call__(self, function: str, *arguments: Any) -> Any:
        """What a function returns, by JSON."""
        given = ", ".join(json.dumps(argument) for argument in arguments)
        return json.loads(self._run(f"JSON.stringify({function}({given}))"))

    def each(self, function: str, values: Sequence[Any]) -> list[Any]:
        """What a function of one argument returns for each value."""
        found: list[Any] = json.loads(self._run(f"JSON.stringify({json.dumps(list(values))}.map((value) => {function}(value)))"))
        return found

    def _run(self, code: str) -> str:
        found: Any = self.engine.evaluate(code)  # its stub promises a pair
        text = str(found.toString())
        assert not found.isError(), text
        return text
