"""Sizes as text: what stands for how many bytes, and what is refused in one sentence."""

import pytest

from zoneviz.errors import UsageError
from zoneviz.units import parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [("4096", 4096), ("16M", 16 << 20), ("256MiB", 256 << 20), ("1.5 GiB", 3 << 29), (f"{2**60 + 1} B", 2**60 + 1)],
)
def test_a_size_is_read(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "M", "-5M", "1e3", "nan", "inf", "0.3", "9" * 400, "9" * 5000 + "G"])
def test_invalid_sizes_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_size(text)
