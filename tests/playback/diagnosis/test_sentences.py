"""The sentences of a diagnosis."""

from dataclasses import replace

from tests.playback.diagnosis.conftest import Recorded
from zoneviz import resources, words
from zoneviz.playback.diagnosis import diagnose
from zoneviz.playback.diagnosis.patterns import LIKELY, PARTS
from zoneviz.playback.diagnosis.sentences import doubt
from zoneviz.playback.diagnosis.stretch import Stretch, look
from zoneviz.playback.player import Player
from zoneviz.recording import Recording


def test_a_thread_explosion_names_its_server() -> None:
    path = next(p for p in resources.recordings() if p.name.startswith("dev-null-storm"))
    with Recording(path) as recording:
        said = {finding.kind: finding.sentence for finding in diagnose(recording).findings}
    assert "all 2,141 new threads belong to null, the server of /dev/null (task 6). No new tasks." in said["pattern"]
    assert "since this excerpt begins (event 499,999)" in said["pattern"]
    assert said["others"].startswith("Other limits, used since")
    assert said["most"] == "89 % of the memory in use was allocated while null (task 6) ran."
    assert said["holder"].startswith("Largest call site: ")


def test_a_leading_part_that_did_not_take_the_last_memory_is_not_certain() -> None:
    parts = dict.fromkeys(PARTS, 0)
    path = next(p for p in resources.recordings() if p.name.startswith("dev-null-storm"))
    with Recording(path) as recording:
        found = replace(diagnose(recording), confidence=LIKELY)
        stretch = next(step for step in look(Player(recording), None, None) if isinstance(step, Stretch))
    stretch.verdict = replace(stretch.verdict, last=parts | {"messages": 9, "threads": 1})
    assert doubt(stretch, found, "threads") == " Not certain: 90 % of the last 5 % went to messages, not threads."
    stretch.verdict = replace(stretch.verdict, last=parts | {"threads": 1})
    assert doubt(stretch, found, "threads") == ""


def test_growth_from_the_beginning_of_an_excerpt_has_the_time_of_that_moment() -> None:
    path = next(p for p in resources.recordings() if p.name.startswith("dev-null-throttled"))
    with Recording(path) as recording:
        found = diagnose(recording, at=(recording.first_event + recording.event_count) // 2)
    since = found.finding("since")
    assert since is not None and since.seq == found.first == 499_999
    assert f"{words.time(found.began)} (event 499,999)" in since.sentence and found.began > 0


def test_a_finished_run_counts_the_fullest_limit_from_boot(recorded: Recorded) -> None:
    found = diagnose(recorded("five-children", "zone_map_size=2M"))
    sentence = found.finding("memory")
    assert sentence is not None and "the run finished. Fullest: " in sentence.sentence and sentence.sentence.endswith(" used since boot.")
    pattern = found.finding("pattern")
    assert pattern is not None and pattern.sentence == "No memory was close to full at the end, although some of it grew."
    assert found.finding("since") is not None
