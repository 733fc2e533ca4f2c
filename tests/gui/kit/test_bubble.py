"""Where a bubble is beside what it explains."""

import pytest
from PySide6.QtCore import QRect, QSize

from zoneviz.gui.kit.bubble import ABOVE, BELOW, INSIDE, LEFT, RIGHT, beside

ROOM, SIZE = QRect(0, 0, 1000, 700), QSize(300, 150)


@pytest.mark.parametrize(
    ("target", "side"),
    [
        (QRect(0, 0, 240, 700), RIGHT),
        (QRect(760, 0, 240, 700), LEFT),
        (QRect(0, 0, 1000, 60), BELOW),
        (QRect(0, 640, 1000, 60), ABOVE),
        (QRect(10, 10, 980, 680), INSIDE),
        (QRect(0, 0, 40, 20), RIGHT),
    ],
)
def test_it_is_where_there_is_room(target: QRect, side: str) -> None:
    rect, found = beside(target, SIZE, ROOM)
    assert found == side and ROOM.contains(rect)
    assert rect.intersects(target) == (side == INSIDE)
