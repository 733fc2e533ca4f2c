"""How a recording ended, in a word."""

import pytest

from zoneviz.recording.header import IMPORTED, LIVE, SAMPLED, SIMULATED
from zoneviz.recording.outcome import OF_MACHINE, OUTCOMES, outcome


@pytest.mark.parametrize(
    ("name", "kind", "complete", "word", "tone"),
    [
        ("panic", SIMULATED, True, "Panic", "danger"),
        ("panic", SAMPLED, False, "Panic", "danger"),
        ("interrupted", SIMULATED, True, "Stopped", ""),
        ("interrupted", LIVE, True, "Stopped", ""),
        ("stopped", LIVE, True, "Limit reached", ""),
        ("finished", IMPORTED, True, "Finished", ""),
        ("finished", SAMPLED, True, "No panic recorded", ""),
        ("finished", LIVE, False, "Incomplete", "warning"),
        ("", SIMULATED, False, "Incomplete", "warning"),
        ("unheard of", LIVE, True, "Ended", ""),
    ],
)
def test_the_word_depends_on_outcome_kind_and_completeness(name: str, kind: str, complete: bool, word: str, tone: str) -> None:
    found = outcome(name, kind, complete)
    assert (found.word, found.tone) == (word, tone)


def test_words_differ_and_sentences_say_more() -> None:
    words = [one.word for one in OUTCOMES.values()]
    assert len(set(words)) == len(words)
    for one in (*OUTCOMES.values(), *OF_MACHINE.values()):
        assert len(one.word) <= 13 and one.word[0].isupper() and one.sentence.endswith(".") and len(one.sentence) > len(one.word)
