"""A report that can be read without zoneviz: `html.page`, `text.letter`. `app.report` collects the facts and writes the archive."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zoneviz import settings, words  # not its function `text`: importing report.text replaces that name
from zoneviz.exporters.report.curves import Curves
from zoneviz.playback.diagnosis import Diagnosis
from zoneviz.recording.outcome import outcome


@dataclass(frozen=True, slots=True)
class Picture:
    """A view in both themes, as PNG. `name`: prefix of its files."""

    name: str
    title: str
    light: bytes
    dark: bytes


@dataclass(frozen=True, slots=True)
class Facts:
    """The content of a report.

    `info`: as `app.info`; `machine`: as `app.state`, at the moment; `command`: reproduces the recording, or ""; `note`: the user's
    comment; `versions`, `files`: name and description; `by_time`: the axis of the series is in ns, otherwise in events.
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
        """Scenario or system, and the end of the run."""
        return f"{self.info['scenario'] or self.info['system'] or 'A recording'}: {self.ending}"

    @property
    def ending(self) -> str:
        """How the run ended, in a few words."""
        panic = self.info["panic"]
        return f"panic, {panic['text']}" if panic else self._outcome

    @property
    def _outcome(self) -> str:
        return outcome(str(self.info["outcome"]), str(self.info["kind"]), bool(self.info["complete"])).word.lower()

    def rows(self) -> list[tuple[str, str]]:
        """Names and values of the run's settings and results."""
        info = self.info
        out = [("kind", str(info["kind"]))] + ([("system", str(info["system"]))] if info["system"] else [])
        out.append(("scenario" if info["profile"] else "title", str(info["scenario"])))
        out += [(f"parameter {name}", settings.text(value)) for name, value in info["parameters"].items()]
        if info["profile"]:
            out += [("profile", str(info["profile"])), ("seed", str(info["seed"]))]
        out += [(f"profile: {name}", settings.text(value)) for name, value in info["profile_values"].items()]
        clock = words.fine_time(round(info['seconds'] * 1e9)) if info["time_kind"] == "ns" else "no clock"
        out += [("outcome", self._outcome), ("events", f"{info['events']:,}"), (str(info["clock"]), clock)]
        if info["readings"]:
            out.append(("readings", f"{info['readings']:,}"))
        if not info["complete"]:
            out.append(("incomplete", str(info["incomplete_reason"])))
        if info["part_of"]:
            out.append(("excerpt of", str(info["part_of"])))
        out += [("model", str(info["model"]))] if info["model"] else []
        return [*out, ("digest of the events", str(info["digest"]))]

    def clock(self, x: int) -> str:
        """A place on the axis of the series as text."""
        return words.time(x) if self.by_time else f"event {x:,}"
