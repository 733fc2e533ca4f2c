"""The phrases of tests/project/phrases.py do not come back."""

from pathlib import Path

from tests.project import phrases

TEXTS = ("zoneviz", "docs", "tools", "bench", "recordings", "resources", "tests")
FILES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile", ".ci/run", ".ci/setup", ".ci/setup-venv", ".ci/wheel-test")

SOURCE = '''"""The list of names; None if there
is none."""

# Said by callers
# for good, and
x = f"{x} goes" " on", "is noneffective", "none is None"


def test_what_stands_there() -> None: ...
'''


def test_no_text_has_a_phrase_of_the_list() -> None:
    found = phrases.offences([phrases.ROOT / name for name in (*TEXTS, *FILES)])
    assert found == [], "see tests/project/phrases.py for what to say instead"


def test_docstrings_comments_strings_and_names_of_tests_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(SOURCE)
    found = {(line, phrase) for line, text in phrases.texts(path) for phrase in phrases.phrases(text)}
    assert found == {(1, "is none"), (4, "for good"), (6, "goes on"), (9, "stands there")}


def test_paragraphs_of_documents_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# A title\n\nThe first words\nare so\nmany.\n\n- is none of them\n- made\n  anew\n")
    found = [(line, phrase) for line, text in phrases.texts(path) for phrase in phrases.phrases(text)]
    assert found == [(3, "so many"), (7, "anew")]
