"""Recordings made out of recordings, without running anything: packed, cut out, repaired."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from zoneviz.app.moments import moment
from zoneviz.app.state import open_recording
from zoneviz.errors import UsageError
from zoneviz.playback import Player
from zoneviz.recording import Recorder, files, salvage
from zoneviz.recording import pack as pack_file
from zoneviz.recording.header import EXCERPT
from zoneviz.state.machine import MachineState, from_bytes

_AT_ONCE = 1 << 16


def pack(path: Path, output: Path | None = None, *, force: bool = False) -> dict[str, Any]:
    """Pack a recording for sending: `file`, `size` in bytes, and both of what was packed.

    `output` None: the same name with .zst behind it.
    Errors: InputError if it is no good recording, UsageError if the output exists or cannot be there,
    EnvironmentProblem if it cannot be written.
    """
    open_recording(path).close()
    output = path.with_name(path.name + ".zst") if output is None else output
    size = pack_file(path, output, force=force)
    return {"file": str(output), "size": size, "packed": str(path), "packed_size": path.stat().st_size}


def cut(path: Path, first: str, last: str, output: Path, *, force: bool = False) -> dict[str, Any]:
    """Cut the events from `first` to `last`, both included, out of a recording: `file`, `first_event`, `events`, `digest`.

    The events keep their numbers, and the state before the first is carried in, so that the part can be used like
    the whole. `first` and `last` are as in `app.state`.
    Errors: UsageError for a stretch the recording does not have or an output that exists; InputError if it is
    damaged, EnvironmentProblem if it cannot be written. No output is then left.
    """
    with open_recording(path) as recording:
        begin, end = moment(recording, first), moment(recording, last)
        if not recording.first_event <= begin <= end:
            raise UsageError(
                f"From {begin} to {end} is no stretch of {path}; its events are {recording.first_event} to {recording.event_count}."
            )
        base = None
        if begin > 1:
            base = Player(recording).seek(begin - 1)
        whole = recording.header
        ends = end == recording.event_count and recording.complete
        header = replace(whole, part_of=whole.part_of or whole.digest)
        made = Recorder(output, recording.catalog, header, force=force, base=base)
        with _Whole(made):
            for start in range(begin, end + 1, _AT_ONCE):
                for seq, text in recording.details(start, min(end, start + _AT_ONCE - 1)).items():
                    made.detail(seq, text)
                made.feed(recording.events(start, min(end, start + _AT_ONCE - 1)))
            made.finish(whole.outcome if ends else EXCERPT, whole.result if ends else {})
    return {"file": str(output), "first_event": begin, "last_event": end, "events": end - begin + 1, "digest": made.digest}


def repair(path: Path, output: Path, *, force: bool = False, on_progress: Callable[[int], object] | None = None) -> dict[str, Any]:
    """Save what can be read of a damaged recording: `file`, `events`, `complete`, and `lost`, what was not saved, in sentences.

    Samples and checkpoints are made anew from the events, as far as these have no hole.
    Errors: InputError if nothing can be saved; UsageError and EnvironmentProblem as `cut`.
    """
    if output.exists() and (path.samefile(output) if path.exists() else False):
        raise UsageError("The repaired recording needs a file of its own.")
    saved = salvage(path)
    catalog, said = saved.catalog, saved.header
    base: MachineState | None = from_bytes(saved.base, catalog) if saved.base is not None else None
    header = replace(said, outcome="", panic_text="", panic_zone="", panic_memory="", result={})
    made = Recorder(output, catalog, header, force=force, base=base)
    lost = list(saved.lost)
    with _Whole(made):
        for seq, text in saved.details.items():
            made.detail(seq, text)
        for start in range(0, len(saved.rows), _AT_ONCE):
            made.feed(saved.rows[start : start + _AT_ONCE])
            if on_progress is not None:
                on_progress(made.events)
        if saved.whole and made.digest != said.digest:
            lost.append("The events are not those that were recorded: their digest is another.")
        whole = saved.whole and made.digest == said.digest
        if whole and said.complete:
            made.finish(said.outcome, said.result)
        else:
            reason = said.incomplete_reason if whole else f"it was repaired: {' '.join(lost)}"
            made.abort(reason)
    return {
        "file": str(output),
        "repaired": str(path),
        "events": len(saved.rows),
        "recorded_events": said.events - said.first_event + 1 if said.digest else None,
        "complete": made.header.complete,
        "lost": lost,
    }


class _Whole:
    """If making a recording fails, none is left."""

    def __init__(self, made: Recorder) -> None:
        self._made = made

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None:
            self._made.abort("it could not be made to its end")
            files.remove(self._made.path)
