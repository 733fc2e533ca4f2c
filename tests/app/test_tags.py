"""Tags follow a recording that moves, and no other one gets them."""

from pathlib import Path

import pytest

from zoneviz.app.tags import LONGEST, Tags, file, parse
from zoneviz.errors import EnvironmentProblem, InputError


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        ("leak, node-7", ("leak", "node-7")),
        ("#leak  #leak\ttalk", ("leak", "talk")),
        ("# ,,", ()),
        ("a\u0007b ok", ("ok",)),
        ("x" * 100, ("x" * LONGEST,)),
    ],
)
def test_what_a_user_types(text: str, found: tuple[str, ...]) -> None:
    assert parse(text) == found


def test_tags_are_kept(tmp_path: Path) -> None:
    one, store = tmp_path / "a.zvz", tmp_path / "new" / "tags.json"
    one.touch()
    Tags(store).set(one, "id", ("leak", "größe"))
    assert Tags(store).of(one, "id") == ("leak", "größe")
    assert Tags(store).of(one, "another recording at this path") == ()
    Tags(store).set(one, "id", ())
    assert Tags(store).of(one, "id") == ()


def test_tags_follow_a_recording_that_moved_but_no_copy(tmp_path: Path) -> None:
    one, other = tmp_path / "a.zvz", tmp_path / "b.zvz"
    one.touch()
    tags = Tags(tmp_path / "tags.json")
    tags.set(one, "id", ("leak",))
    assert tags.of(other, "id") == ()
    one.rename(other)
    assert tags.of(other, "id") == ("leak",) and tags.of(other, "") == ()
    tags.set(other, "id", ("talk",))
    other.rename(one)
    assert Tags(tags.path).of(one, "id") == ("talk",), "what it was called before has no tags left"


def test_two_windows_keep_each_others_tags(tmp_path: Path) -> None:
    one, other = tmp_path / "a.zvz", tmp_path / "b.zvz"
    first, second = Tags(tmp_path / "tags.json"), Tags(tmp_path / "tags.json")
    first.set(one, "1", ("a",))
    second.set(other, "2", ("b",))
    assert Tags(first.path).of(one, "1") == ("a",)


def test_a_file_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    store = tmp_path / "tags.json"
    for text in ("{", "[]", '{"recordings": {"a": {"identity": 1}}}', '{"recordings": {"a": {"identity": "", "tags": 3}}}'):
        store.write_text(text)
        with pytest.raises(InputError, match=r"tags.json cannot be read. Remove the file"):
            Tags(store)
        assert store.read_text() == text


def test_no_permission_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "folder").touch()
    with pytest.raises(EnvironmentProblem, match="The tags cannot be written to"):
        Tags(tmp_path / "folder" / "tags.json").set(tmp_path / "a", "id", ("a",))


def test_they_are_beside_the_folder_of_recordings(own_folders: Path) -> None:
    assert own_folders in file().parents and file().name == "tags.json"
