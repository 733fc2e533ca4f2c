"""The events in lines of a trace."""

import pytest

from zoneviz.importers.linux_trace.lines import parse

LINE = (
    "  bash-7  [001] ..... 12.5: kmalloc: call_site=foo+0x10/0x20 ptr=00000000e5f6a7b8 bytes_req={} bytes_alloc={} "
    "gfp_flags=GFP_KERNEL node=-1 accounted=false"
)


@pytest.mark.parametrize(("asked", "size", "expected"), [("7", "8", (7, 8)), ("0x7", "0x10", (7, 16)), ("007", "0008", (7, 8))])
def test_sizes_of_either_notation_are_read(asked: str, size: str, expected: tuple[int, int]) -> None:
    found = parse(LINE.format(asked, size))
    assert found is not None and (found.asked, found.size) == expected
