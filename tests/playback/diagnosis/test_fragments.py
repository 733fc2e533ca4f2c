"""Memory of zones that is not in use."""

from tests.playback.diagnosis.conftest import Recorded
from zoneviz.playback import Player
from zoneviz.playback.diagnosis.fragments import fragments


def test_free_elements_and_what_collection_could_return(recorded: Recorded) -> None:
    state = Player(recorded("kernel-loop", "operation=mach_msg_send")).at_end()
    found, zones = fragments(state), state.machine()["zones"]
    assert found.free == sum(zone["free"] * zone["elem_size"] for zone in zones)
    assert found.collectable == sum(zone["free"] * zone["elem_size"] for zone in zones if zone["name"] in ("kalloc.4096", "kalloc.8192"))
