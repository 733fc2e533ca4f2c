"""Why another process failed is reported in one sentence."""

from zoneviz.probe import python_fails


def test_another_python_that_fails_says_why() -> None:
    assert python_fails(("-c", "pass"), {}, "It fails") is None
    assert python_fails(("-c", "raise SystemExit('it is dark.')"), {}, "It fails") == "It fails (it is dark)"
