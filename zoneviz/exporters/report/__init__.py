"""A report that a stranger can read without zoneviz: `html.page`, `text.letter`. `app.report` gathers the facts and packs them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zoneviz.exporters.report.curves import Curves
from zoneviz.playback.diagnosis import Diagnosis
from zoneviz.settings import text


@dataclass(frozen=True, slots=True)
class Picture:
    """A view in both themes, as PNG. `name`: how its files begin."""

    name: str
    title: str
    light: bytes
    dark: bytes


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a report says.

    `info`: as `app.info`; `machine`: as `app.state`, at the moment; `command`: what makes the recording again, or ""; `note`: the
    person's own words; `versions`, `files`: name and words; `by_time`: whether the series is over ns or events.
    """

    info: Mapping[str, Any]
    machine: Mapping[str, Any]
    diagnosis: Diagnosis
    series: Curves
    by_time: bool
    command: str = ""
    note: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    pictures: list[Picture] = field(default_factory=list)

    @property
    def title(self) -> str:
        """What it is about."""
        return f"{self.info['scenario'] or 'A recording'}: {self.ending}"

    @property
    def ending(self) -> str:
        """How the run ended, in a few words."""
        panic = self.info["panic"]
        return f"panic, {panic['text']}" if panic else str(self.info["outcome"] or "not ended")

    def rows(self) -> list[tuple[str, str]]:
        """What was run, and what came of it: names and values."""
        info = self.info
        out = [("kind", str(info["kind"])), ("scenario", str(info["scenario"]))]
        out += [(f"parameter {name}", text(value)) for name, value in info["parameters"].items()]
        if info["profile"]:
            out += [("profile", str(info["profile"])), ("seed", str(info["seed"]))]
        out += [(f"profile: {name}", text(value)) for name, value in info["profile_values"].items()]
        clock = f"{info['simulated_seconds']:.6f} s" if info["time_kind"] == "ns" else "no clock, only an order"
        out += [("outcome", str(info["outcome"])), ("events", f"{info['events']:,}"), ("simulated time", clock)]
        if not info["complete"]:
            out.append(("incomplete", str(info["incomplete_reason"])))
        if info["part_of"]:
            out.append(("part of", str(info["part_of"])))
        return [*out, ("model", str(info["model"])), ("digest of the events", str(info["digest"]))]

    def clock(self, x: int) -> str:
        """A place of the series' axis."""
        return f"{x / 1e9:.3f} s" if self.by_time else f"event {x:,}"
