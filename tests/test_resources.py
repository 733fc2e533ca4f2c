"""The files that ship with the program are found."""

from xml.etree import ElementTree

import pytest

from zoneviz import resources
from zoneviz.recording import Recording


def test_the_program_has_an_icon_without_text() -> None:
    icon = resources.icon("zoneviz")
    assert {element.tag.rpartition("}")[2] for element in ElementTree.parse(icon).iter()} <= {"svg", "title", "rect", "path", "circle"}


def test_an_unknown_folder_is_only_not_there() -> None:
    assert not resources.folder("nothing").exists()


@pytest.mark.parametrize("path", resources.recordings(), ids=lambda path: path.stem)
def test_golden_recordings_still_open(path: object) -> None:
    with Recording(str(path)) as recording:
        assert recording.complete and recording.event_count
