"""Recordings from recordings, without running anything: packed, unpacked, cut, repaired."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from zoneviz.app.moments import moment
from zoneviz.app.state import open_recording
from zoneviz.app.writing import keep
from zoneviz.errors import UsageError
from zoneviz.playback import Player
from zoneviz.recording import Recorder, files, salvage, stopping
from zoneviz.recording import pack as pack_file
from zoneviz.recording import unpack as unpack_file
from zoneviz.recording.header import EXCERPT
from zoneviz.state.machine import MachineState, from_bytes

_AT_ONCE = 1 << 16


def pack(
    path: Path, output: Path | None = None, *, force: bool = False, should_stop: Callable[[], bool] = lambda: False
) -> dict[str, Any]:
    """Compress a recording for sending. Returns `file` and `size` (bytes), `packed` and `packed_size` of the original.

    `output` None: the same name plus .zst. Once `should_stop` is true it ends between two blocks, and leaves no output.
    Errors: Stopped; InputError if it is not a valid recording, UsageError if the output exists or its folder is missing,
    EnvironmentProblem if it cannot be written.
    """
    open_recording(path).close()
    output = path.with_name(path.name + ".zst") if output is None else output
    keep(path, output)
    with stopping.when(should_stop):
        size = pack_file(path, output, force=force)
    return {"file": str(output), "size": size, "packed": str(path), "packed_size": path.stat().st_size}


def unpack(
    path: Path, output: Path | None = None, *, force: bool = False, should_stop: Callable[[], bool] = lambda: False
) -> dict[str, Any]:
    """Write a packed recording as a plain one. Returns `file` and `size` (bytes), `packed` and `packed_size` of the original.

    `output` None: the same name without .zst. `should_stop`: as `pack`.
    Errors: InputError if it is not a packed recording; UsageError if it has no such name; others as `pack`.
    """
    open_recording(path).close()
    if output is None:
        if path.suffix != ".zst":
            raise UsageError(f"{path} does not end in .zst; name the file to write with --output.")
        output = path.with_suffix("")
    keep(path, output)
    with stopping.when(should_stop):
        size = unpack_file(path, output, force=force)
    return {"file": str(output), "size": size, "packed": str(path), "packed_size": path.stat().st_size}


def cut(
    path: Path, first: str, last: str, output: Path, *, force: bool = False, should_stop: Callable[[], bool] = lambda: False
) -> dict[str, Any]:
    """Copy the events `first` to `last`, both included. Returns `file`, `first_event`, `last_event`, `events`, `digest`.

    The excerpt keeps the events' numbers and starts with the state before the first, so it works like a whole recording.
    `first` and `last` are moments as in `app.moments`. `should_stop`: as `pack`.
    Errors: UsageError if the recording has no such range or the output exists; InputError if the recording is damaged,
    EnvironmentProblem if the output cannot be written. A failed cut leaves no output.
    """
    keep(path, output)
    with open_recording(path) as recording:
        begin, end = moment(recording, first), moment(recording, last)
        if not recording.first_event <= begin <= end:
            raise UsageError(
                f"{path} has no events {begin} to {end}; it has {recording.first_event} to {recording.event_count}."
            )
        base = None
        if begin > 1:
            base = Player(recording).seek(begin - 1)
        whole = recording.header
        to_the_end = end == recording.event_count and recording.complete
        header = replace(whole, part_of=whole.part_of or whole.digest)
        made = Recorder(output, recording.catalog, header, force=force, base=base)
        with stopping.when(should_stop), _Whole(made):
            for start in range(begin, end + 1, _AT_ONCE):
                stopping.check()
                for seq, text in recording.details(start, min(end, start + _AT_ONCE - 1)).items():
                    made.detail(seq, text)
                made.feed(recording.events(start, min(end, start + _AT_ONCE - 1)))
            made.finish(whole.outcome if to_the_end else EXCERPT, whole.result if to_the_end else {})
    return {"file": str(output), "first_event": begin, "last_event": end, "events": end - begin + 1, "digest": made.digest}


def repair(
    path: Path,
    output: Path,
    *,
    force: bool = False,
    on_progress: Callable[[int], object] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Save what is readable of a damaged recording. Returns `file`, `events`, `complete`, and `lost`: what is missing, in sentences.

    Events are kept up to the first gap; samples and checkpoints are rebuilt from them. `should_stop`: as `pack`.
    Errors: InputError if nothing can be saved; UsageError and EnvironmentProblem as `cut`.
    """
    keep(path, output)
    with stopping.when(should_stop):
        saved = salvage(path)
    catalog, recorded = saved.catalog, saved.header
    base: MachineState | None = from_bytes(saved.base, catalog) if saved.base is not None else None
    header = replace(recorded, outcome="", panic_text="", panic_zone="", panic_memory="", result={})
    made = Recorder(output, catalog, header, force=force, base=base)
    lost = list(saved.lost)
    with stopping.when(should_stop), _Whole(made):
        for seq, text in saved.details.items():
            made.detail(seq, text)
        for start in range(0, len(saved.rows), _AT_ONCE):
            stopping.check()
            made.feed(saved.rows[start : start + _AT_ONCE])
            if on_progress is not None:
                on_progress(made.events)
        same = made.digest == recorded.digest or not recorded.digest  # none while `record --keep` drops events
        if saved.whole and not same:
            lost.append("The events differ from those that were recorded: they have another digest.")
        whole = saved.whole and same
        if whole and recorded.complete:
            made.finish(recorded.outcome, recorded.result)
        else:
            reason = recorded.incomplete_reason if whole else f"it was repaired: {' '.join(lost)}"
            made.abort(reason)
    return {
        "file": str(output),
        "repaired": str(path),
        "events": len(saved.rows),
        "recorded_events": recorded.events - recorded.first_event + 1 if recorded.digest else None,
        "complete": made.header.complete,
        "lost": lost,
    }


class _Whole:
    """Removes the recording if writing it fails."""

    def __init__(self, made: Recorder) -> None:
        self._made = made

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None:
            self._made.abort("it could not be written completely")
            files.remove(self._made.path)
