"""What is said about readings: growth and size of zones, and nothing about owners."""

from pathlib import Path

from tests.playback.test_readings import at_times
from zoneviz.playback.diagnosis import diagnose


def test_growth_is_named_without_those_that_shrink_under_pressure(tmp_path: Path) -> None:
    with at_times(tmp_path / "a.zvz", [3600, 7200, 10800], late=1) as recording:
        said = [finding.sentence for finding in diagnose(recording).findings]
    assert said[0] == "The readings end without a panic."
    assert said[1].startswith("Largest slab cache, those that the system takes back aside: filp with 488 KiB")
    assert said[2] == "Nothing grew that the system does not take back.", "only dentry grew"


def test_one_reading_shows_no_growth(tmp_path: Path) -> None:
    with at_times(tmp_path / "a.zvz", [3600]) as recording:
        assert diagnose(recording).findings[-1].sentence == "One reading shows no growth. Capture a second one."
