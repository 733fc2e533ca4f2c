"""Arguments are converted, and a wrong one is quoted."""

from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from typer.core import TyperCommand

from zoneviz.cli.converting import converted


class Verb(TyperCommand):
    """Converts its parameters as the program's verbs do."""

    def get_params(self, ctx: Any) -> Any:
        return [converted(param) for param in super().get_params(ctx)]


def parsed(*args: str) -> dict[str, Any]:
    """What a verb is called with."""
    seen: dict[str, Any] = {}
    program = typer.Typer(rich_markup_mode=None)

    @program.command(cls=Verb)
    def verb(
        file: Path,
        more: list[Path] | None = None,
        text: Annotated[list[str] | None, typer.Option("--text")] = None,
        count: Annotated[int, typer.Option(min=1, max=9)] = 3,
        rate: float | None = None,
        flag: Annotated[bool, typer.Option("--flag")] = False,
        whole: Annotated[Path, typer.Option(resolve_path=True)] = Path("."),
    ) -> None:
        seen.update(file=file, more=more, text=text, count=count, rate=rate, flag=flag, whole=whole)

    program(args=[*args], standalone_mode=False)
    return seen


def test_each_kind() -> None:
    given = parsed("a", "--more", "b", "--more", "c", "--text", "x", "--count", "9", "--rate", "0.5", "--flag")
    assert given.pop("whole") == Path.cwd()  # left to typer
    assert given == {"file": Path("a"), "more": [Path("b"), Path("c")], "text": ["x"], "count": 9, "rate": 0.5, "flag": True}
    given = parsed("a")
    assert not given["more"] and not given["text"]
    assert (given["count"], given["rate"], given["flag"]) == (3, None, False)


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("--count", "x"), "'x' is not a whole number from 1 to 9"),
        (("--count", "10"), "'10' is not a whole number from 1 to 9"),
        (("--count", ""), "'' is not a whole number from 1 to 9"),
        (("--rate", "1,5"), "'1,5' is not a number"),
    ],
)
def test_what_is_wrong_is_quoted(args: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(Exception, match=sentence) as raised:
        parsed("a", *args)
    assert getattr(raised.value, "exit_code", None) == 2
