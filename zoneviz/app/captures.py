"""Importing files of any known kind: captures become a recording for each boot, streams one each."""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zoneviz import words
from zoneviz.app import collector
from zoneviz.app.imports import OnProgress, record_stream
from zoneviz.app.outputs import Outputs
from zoneviz.app.timelines import record_line
from zoneviz.captures.capture import Capture
from zoneviz.captures.collection import Collection
from zoneviz.captures.files import pasted, texts
from zoneviz.captures.refusals import FORMATS
from zoneviz.captures.text import Text
from zoneviz.captures.timelines import TimeLine, timelines
from zoneviz.errors import InputError, UsageError, ZonevizError
from zoneviz.events import Catalog
from zoneviz.importers import CaptureImporter, find, importers
from zoneviz.importers.opening import Stream
from zoneviz.words import count

RECORDINGS_LIMIT = 500
"""Upper bound of the recordings of one import."""
_SENTENCES = 40
"""Upper bound of the sentences of one sort."""


@dataclass(slots=True)
class _Found:
    """What the files of one import hold. `streams`: results of streams, and `sentences` on them; `captures`: as `import --json` prints."""

    collection: Collection
    streams: list[dict[str, Any]] = field(default_factory=list)
    captures: list[dict[str, Any]] = field(default_factory=list)
    refused: list[tuple[str, ZonevizError]] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)


def import_files(
    paths: Iterable[str | Path],
    output: Path | None,
    *,
    force: bool = False,
    file_times: bool = False,
    on_progress: OnProgress | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Import files, folders and archives; `-` is standard input. `output`: a file or folder; None only reads.

    Several recordings are OUTPUT, OUTPUT-2 and so on, or files in the folder `output`. `file_times`: captures whose text has no date
    get that of the file. Returns, as JSON values:

    summary      such as "4 JetsamEvents, 3 panics of 3 boots, 2 files not understood"
    captures     [{file, kind, system, said}]
    refused      [{file, say}]; duplicates: [{file, same_as}]
    recordings   [{file, system, readings, captures: [names], clock}]; file: None if only read
    sentences    what was skipped or assumed, and what must be said beside the figures

    and the header and machine of the first recording as `import_stream`. Once `should_stop` returns True, what was read so far is imported.
    Errors: UsageError if an output exists, or for more than RECORDINGS_LIMIT recordings; InputError if a path is missing or no file can
    be read; EnvironmentProblem if an output cannot be written.
    """
    paths = list(paths)
    outputs = Outputs(output, [Path(path) for path in paths], force) if output is not None else None

    def all_texts(found: _Found) -> Iterable[Text]:
        return texts(paths, lambda name, error: found.refused.append((name, error)))

    return _imported(all_texts, outputs, file_times, on_progress, should_stop)


def import_text(
    content: str,
    output: Path | None,
    *,
    name: str = "Pasted text",
    force: bool = False,
    on_progress: OnProgress | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Import a text, such as one from the clipboard. As `import_files`."""
    outputs = Outputs(output, [], force) if output is not None else None
    return _imported(lambda found: [pasted(content, name)], outputs, False, on_progress, should_stop)


def _imported(
    all_texts: Callable[[_Found], Iterable[Text]],
    outputs: Outputs | None,
    file_times: bool,
    on_progress: OnProgress | None,
    should_stop: Callable[[], bool],
) -> dict[str, Any]:
    found = _Found(Collection())
    with collector.relaxed(), closing(found.collection):
        for text in all_texts(found):
            try:
                with text:
                    _read(text, found, outputs, file_times, on_progress, should_stop)
            except InputError as error:
                found.refused.append((text.name, error))
            if should_stop():
                break
        lines = timelines(found.collection, file_times=file_times)
        if len(lines) > RECORDINGS_LIMIT:
            boots = f"{words.number(len(lines))} boots or machines"
            many = f"These captures are of {boots}, or have no dates, and would become as many recordings."
            raise UsageError(f"{many} Import fewer files at a time, or add --file-times if they are of one machine.")
        _complain(found)
        results = list(found.streams)
        if outputs is not None:
            made = outputs.all([_stem(line) for line in lines])
            results += [
                record_line(line, found.collection, path, outputs.force, on_progress) for line, path in zip(lines, made, strict=True)
            ]
        return _told(found, lines, results)


def _read(
    text: Text, found: _Found, outputs: Outputs | None, file_times: bool, on_progress: OnProgress | None, should_stop: Callable[[], bool]
) -> None:
    """Import one text. Errors: InputError if it cannot be read; as `record_stream`."""
    importer = find(text)
    if isinstance(importer, CaptureImporter):
        capture = importer.capture(text)
        first = len(found.collection.moments)
        if found.collection.add(capture, importer.read(text, capture), text.modified if file_times else 0):
            if len(found.collection.moments) == first:
                raise InputError(f"{text.name} looks like {importer.summary}, but has no complete row. Capture it again, whole.")
            found.captures.append({"file": capture.file, "kind": capture.kind, "system": capture.system, "said": capture.said})
        if on_progress is not None:
            on_progress(len(found.collection.moments), 0.0)
        return
    stream = Stream(text, importer)
    if outputs is None:
        report = stream.read(Catalog(), lambda event: None, lambda: None)
        said, system = report.said, stream.about.system
        found.sentences += report.sentences()
    else:
        result = record_stream(stream, outputs.one(text.name), force=outputs.force, on_progress=on_progress, should_stop=should_stop)
        said, system = result.pop("said"), result["system"]
        found.streams.append(result)
        found.sentences += result["sentences"]
    found.captures.append({"file": text.name, "kind": importer.name, "system": system, "said": said})


def _complain(found: _Found) -> None:
    """Errors: the error of the only file, or an InputError, if no file could be read."""
    if found.captures:
        return
    if len(found.refused) == 1:
        raise found.refused[0][1]
    if not found.refused:
        raise UsageError("There is no file to import: the folder or archive is empty.")
    raise InputError(f"None of the {count(len(found.refused), 'file')} can be read. The first: {found.refused[0][1]}")


def _told(found: _Found, lines: list[TimeLine], results: list[dict[str, Any]]) -> dict[str, Any]:
    files: list[str | None] = [result["file"] for result in results] or [None] * len(lines)
    made = [{"file": result["file"], "system": result["system"], "readings": 0, "captures": []} for result in found.streams]
    made += [_planned(line, file) for line, file in zip(lines, files[len(found.streams) :], strict=True)]
    sentences = _sentences(found, lines, [file for file in files if file])
    return {
        **(results[0] if results else {}),
        "summary": _summary(found, lines),
        "captures": found.captures,
        "recordings": made,
        "refused": [{"file": name, "say": str(error)} for name, error in found.refused],
        "duplicates": [{"file": file, "same_as": other} for file, other in found.collection.duplicates],
        "sentences": found.sentences + sentences,
    }


def _planned(line: TimeLine, file: str | None) -> dict[str, Any]:
    return {
        "file": file,
        "system": line.system,
        "readings": len(line.moments),
        "captures": [Path(capture.file).name for capture in line.captures],
        "clock": line.clock,
    }


def _summary(found: _Found, lines: list[TimeLine]) -> str:
    known = importers()
    nouns = {name: importer.noun for name, importer in known.items() if isinstance(importer, CaptureImporter)}
    parts = []
    for kind, many in Counter(capture["kind"] for capture in found.captures).items():
        boots = [line for line in lines if any(capture.kind == kind for capture in line.captures)]
        sure = all(line.start or line.moments[-1].moment.panic for line in boots)
        of = f" of {words.number(len(boots))} boots" if len(boots) > 1 and sure else ""
        parts.append(count(many, nouns.get(kind, "event stream")) + of)
    if found.refused:
        parts.append(f"{count(len(found.refused), 'file')} not understood")
    if found.collection.duplicates:
        parts.append(count(len(found.collection.duplicates), "duplicate"))
    return ", ".join(parts)


def _sentences(found: _Found, lines: list[TimeLine], files: list[str]) -> list[str]:
    out = []
    if len(files) > 1:
        out.append(f"{words.number(len(files))} recordings, because these are different boots, machines or streams: {', '.join(files)}.")
    out += [str(error).partition(FORMATS)[0] for _, error in found.refused[:_SENTENCES]]
    out += [f"{file} repeats {other} and was left out." for file, other in found.collection.duplicates[:_SENTENCES]]
    for line in lines:
        out += line.assumed
    about: dict[str, list[str]] = {}
    for capture in found.collection.captures:
        for sentence in _of_capture(capture):
            about.setdefault(sentence, []).append(Path(capture.file).name)
    out += [
        f"{names[0]}: {said}" if len(names) == 1 else f"{said} ({words.number(len(names))} files)" for said, names in about.items()
    ][:_SENTENCES]
    return list(dict.fromkeys(out))


def _of_capture(capture: Capture) -> list[str]:
    return [f"{reason[:1].upper()}{reason[1:]} (line {skips})." for reason, skips in capture.skipped.items()] + capture.trust


def _stem(line: TimeLine) -> str:
    return Path(line.captures[0].file).name
