"""Damaged recordings: how they are made and read."""

import random
from pathlib import Path

from tests.fuzz import mutations
from tests.fuzz.packed import packed
from tests.recording import toy
from zoneviz.app.info import info
from zoneviz.app.parts import repair
from zoneviz.app.soundness import problems
from zoneviz.app.state import state
from zoneviz.events import FigureInfo, Kind
from zoneviz.playback import Player
from zoneviz.playback.diagnosis import diagnose
from zoneviz.playback.heatmap import heatmap
from zoneviz.playback.likeness import likeness
from zoneviz.playback.series import Series
from zoneviz.recording import Header, Recorder, Recording, copies

MUTATIONS = (mutations.bytes_at_random, mutations.pages, mutations.rows, mutations.rows, mutations.packing, packed, packed)
"""How recordings are damaged, in turns."""


class Recordings:
    """Damages recordings in `folder` and reads them as the commands and the window do."""

    suffix = ".zvz"

    def __init__(self, folder: Path) -> None:
        new = good(folder)
        self._folder, self._bases = folder, (new, new, new, new, old())
        (folder / "work").mkdir()

    def spoil(self, number: int, chance: random.Random, path: Path) -> str:
        """Write a damaged recording to `path`; returns the name of the damage."""
        data = self._bases[number // (len(MUTATIONS) + 1) % len(self._bases)]
        what, spoiled = mutate(data, number, chance, self._folder / "work")
        path.write_bytes(spoiled)
        return what

    def read(self, number: int, path: Path) -> None:
        """Read it; every ninth one deeply. `info` and `state` take turns: opening takes most of the time."""
        if number // (len(MUTATIONS) + 1) % 2:
            info(path)
        else:
            state(path, "end")
        look(path, self._folder, deep=number % 9 == 0)


def look(path: Path, folder: Path, deep: bool) -> None:
    """Read a recording as the window does; `deep`: verify and repair it, too."""
    with Recording(path) as recording:
        player = Player(recording)
        for place in (recording.event_count // 2, 1, recording.event_count):
            player.seek(place)
            player.state.task_states(), player.state.thread_states(), player.state.elements, player.state.panic
        player.at_panic()
        series = Series()
        series.load(recording)
        series.stack(*series.extent, 50)
        heatmap(series, *series.extent, 50, "growth")
        diagnose(recording)
        likeness(recording)
        recording.query("SELECT * FROM events_named LIMIT 20")
        if deep:
            problems(recording)
    if deep:
        repair(path, folder / "repaired.zvz", force=True)


def good(folder: Path) -> bytes:
    """The bytes of a small recording that has rows in every table."""
    catalog, path = toy.catalog(), folder / "good.zvz"
    header = Header(scenario="toy", parameters={"a": 1}, profile="antrik-2005")
    recorder = Recorder(path, catalog, header, checkpoint_step=500)
    catalog.figures += [FigureInfo(1, "zone_map_used", "bytes"), FigureInfo(2, "cached", "bytes")]
    events = toy.run(1500)
    for number in range(1, 20):
        time = events[-1][1] + 1
        events.append((int(Kind.READING), time, 0, 0, 0, number, 0, 0, 0))
        events += [(int(Kind.ZONE_FIGURE), time, 0, 0, 0, zone, 0, number * zone, zone % 7) for zone in range(1, 7)]
        events += [(int(Kind.MACHINE_FIGURE), time, 0, 0, 0, figure, 0, number * 4096, 0) for figure in (1, 2)]
    for event in events:
        recorder.sink(event)
    recorder.finish("panic", {"panic": {"text": "zalloc", "zone": "maps", "memory": "zone_map"}, "counts": {"tasks": 1}})
    return path.read_bytes()


def old() -> bytes:
    """The bytes of a recording of format 1, which is converted when it is opened."""
    copy = copies.unpacked(Path(__file__).parents[1] / "recording" / "data" / "format-1.zvz.zst")
    try:
        return copy.file.read_bytes()
    finally:
        copy.close()


def mutate(data: bytes, number: int, chance: random.Random, folder: Path) -> tuple[str, bytes]:
    """(name of the damage, damaged file) of attempt `number`: each mutation and each of SCHEMA takes its turn. `folder`: a work folder."""
    around, turn = divmod(number, len(MUTATIONS) + 1)
    if turn == len(MUTATIONS):
        return mutations.schema.__name__, mutations.schema(data, chance, folder, mutations.SCHEMA[around % len(mutations.SCHEMA)])
    return MUTATIONS[turn].__name__, MUTATIONS[turn](data, chance, folder)
