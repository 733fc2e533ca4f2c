"""The sentences of a diagnosis."""

from tests.playback.diagnosis.conftest import Recorded
from zoneviz import resources, words
from zoneviz.playback.diagnosis import diagnose
from zoneviz.recording import Recording


def test_a_thread_explosion_names_its_server_and_its_doubts() -> None:
    path = next(p for p in resources.recordings() if p.name.startswith("dev-null-storm"))
    with Recording(path) as recording:
        said = {finding.kind: finding.sentence for finding in diagnose(recording).findings}
    assert "all 1,764 new threads belong to null, the server of /dev/null (task 5). No new processes." in said["pattern"]
    assert "since this excerpt begins (event 399,999)" in said["pattern"]
    assert said["pattern"].endswith("Not certain: the last 5 % went to messages, not threads.")
    assert said["others"].startswith("Other limits, share used since")
    assert said["most"] == "93 % of the memory in use was allocated while null (task 5) ran."
    assert said["holder"].startswith("Largest call site: ")


def test_growth_from_the_beginning_of_an_excerpt_has_the_time_of_that_moment() -> None:
    path = next(p for p in resources.recordings() if p.name.startswith("dev-null-throttled"))
    with Recording(path) as recording:
        found = diagnose(recording, at=(recording.first_event + recording.event_count) // 2)
    since = found.finding("since")
    assert since is not None and since.seq == found.first == 399_999
    assert f"{words.time(found.began)} (event 399,999)" in since.sentence and found.began > 0


def test_a_finished_run_counts_the_fullest_limit_from_boot(recorded: Recorded) -> None:
    found = diagnose(recorded("five-children", "zone_map_size=2M"))
    sentence = found.finding("memory")
    assert sentence is not None and "the run finished. Fullest: " in sentence.sentence and sentence.sentence.endswith(" used since boot.")
    pattern = found.finding("pattern")
    assert pattern is not None and pattern.sentence == "No memory was close to full."
