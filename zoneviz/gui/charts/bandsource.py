"""What the bands of the timeline are of: zones, families of zones, tasks or servers; all their bytes, or their growth."""

from typing import Any

from PySide6.QtGui import QColor

from zoneviz import words
from zoneviz.gui.charts.since import Since
from zoneviz.gui.charts.zone_colours import ZoneColours
from zoneviz.gui.kit.colours import other_colour, task_colour
from zoneviz.gui.session.holder_feed import SERVERS, TASKS, HolderFeed
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player, holders
from zoneviz.playback.growing import held_at, held_since, more_than
from zoneviz.playback.holders import OTHERS
from zoneviz.playback.lanes import server_name
from zoneviz.playback.stacks import Stack
from zoneviz.playback.zone_families import family

ZONES, FAMILIES = "zone", "family"
BY = {
    ZONES: "memory of each zone, including free elements",
    FAMILIES: "memory of zones of one use, such as kmalloc of all groups or kalloc of all heaps",
    TASKS: "bytes in use, by the task that ran when they were allocated",
    SERVERS: "bytes in use, by the server that ran when they were allocated",
}
OTHER_SERVERS = "other servers"
BYTES, GROWTH = "bytes", "growth"
MEASURES = {
    BYTES: "all memory",
    GROWTH: "only what was added since boot, the first reading or the start of the selection",
}


class BandSource:
    """Stacks, figures at the moment, colours, and which band is selected. `by`: a word of BY; `growing`: growth instead of bytes."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.by, self.growing = ZONES, False
        self.feed, self.since = HolderFeed(session), Since(session)
        self._colours = ZoneColours.of(session)

    @property
    def _of_zones(self) -> bool:
        return self.by in (ZONES, FAMILIES)

    @property
    def rest(self) -> str:
        """The band that the smaller ones share."""
        return self.session.series.rest if self._of_zones else OTHERS if self.by == TASKS else OTHER_SERVERS

    def stack(self, player: Player, low: float, high: float, width: int) -> tuple[Stack, str]:
        """All bands from `low` to `high`, and what else the heading says of them.

        Errors: InputError if the recording is damaged.
        """
        growth = self.since.growth(player) if self.growing else None
        said = f" {self.since.words(player)}" if growth else ""
        if self._of_zones:
            return self.session.series.stack(low, high, width, self.by == FAMILIES, growth), said
        known = self.feed.held(player, self.by == SERVERS)
        if known is None:
            return Stack(), f"{said} · reading owners… {words.share(self.feed.share, 1)}"
        return self.feed.stack(held_since(known, growth.since) if growth else known, low, high, width, self.rest), said

    def now(self, player: Player) -> list[tuple[str, int]]:
        """(name, bytes) of each band and of what has none at the moment, largest first."""
        growth = self.since.growth(player) if self.growing else None
        if self._of_zones:
            zones = _sizes(player)
            sizes: dict[str, int] = {}
            for zone, size in (growth.now(zones) if growth else zones).items():
                name = family(zone) if self.by == FAMILIES else zone
                sizes[name] = sizes.get(name, 0) + size
        else:
            sizes = holders.now(player.state, self.by == SERVERS)
            known = self.feed.held(player, self.by == SERVERS) if growth else None
            if known is not None and growth is not None:
                sizes = more_than(dict(zip(known.names, held_at(known, growth.since).tolist(), strict=True)), sizes)
        return sorted(((name, size) for name, size in sizes.items() if size), key=lambda row: (row[1], row[0]), reverse=True)

    def colour(self, name: str) -> QColor:
        """The colour of a band."""
        dark = self.session.theme.dark
        if name == self.rest:
            return other_colour(dark)
        if self._of_zones:
            return self._colours.colour(name)
        return task_colour(name if self.by == SERVERS else server_name(name), dark)

    def selected(self, bands: list[str]) -> str:
        """The one of `bands` that has the selected zone, server or task; "" if nothing of this kind is selected."""
        chosen, player = self.session.selection, self.session.player
        if self._of_zones:
            name = family(chosen.zone) if self.by == FAMILIES else chosen.zone
        elif self.by == SERVERS:
            name = chosen.server
        else:
            names = player.recording.catalog.task_names if player is not None else {}
            name = holders.name_of(chosen.task, names.get(chosen.task, "")) if chosen.task else ""
        return name if name in bands or not name else self.rest

    def about(self, name: str) -> dict[str, Any]:
        """The field of the selection for what the band `name` shows; of a family, its largest zone. {}: the smaller ones."""
        player = self.session.player
        if player is None or name == self.rest:
            return {}
        if self.by == TASKS:
            tasks = player.recording.catalog.tasks
            return {"task": next((task.id for task in tasks if name and holders.name_of(task.id, task.name) == name), 0)}
        if self.by == SERVERS:
            return {"server": name}
        sizes = _sizes(player)
        mine = [zone for zone in sizes if name == (family(zone) if self.by == FAMILIES else zone)]
        return {"zone": max(mine, key=lambda zone: sizes[zone], default="")}

    def select(self, name: str) -> None:
        """Select what the band `name` shows, in all views. "": clear that level of the selection."""
        self.session.select(**self.about(name))


def _sizes(player: Player) -> dict[str, int]:
    """Bytes of all zones at the moment, by name."""
    return {str(zone["name"]): int(zone["cur_size"]) for zone in player.state.machine()["zones"]}
