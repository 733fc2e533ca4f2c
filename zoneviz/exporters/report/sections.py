"""The sections of a report's page in the order in which a kernel developer reads them: the end, the cause, what would help, the rest."""

from collections.abc import Iterator

from zoneviz import words
from zoneviz.exporters.report import Facts, Tried
from zoneviz.exporters.report.charts import clipping, lanes, legend, over_time, table, text, zones
from zoneviz.exporters.report.pictures import page_pictures, picture
from zoneviz.playback.diagnosis import Finding
from zoneviz.playback.lanes import DOING

HOLDERS, SERVERS = 10, 16
"""Rows of call sites and of servers."""
LEAST_USED = 0.01
"""Limits of which less was used share one sentence."""
AGAIN = "`zoneviz diagnose recording.zvz.zst --limits` repeats the run with each limit there is."


def sections(facts: Facts) -> Iterator[tuple[str, str]]:
    """(heading, HTML) of each section that has something to show."""
    noun = str(facts.info["zone_noun"])
    for heading, made in (
        ("Comment", _comment(facts)),
        ("Console", _console(facts)),
        ("Why", _findings(facts.answer, "answer")),
        (f"Memory by {noun}", _memory(facts)),
        ("Evidence", _findings(facts.evidence, "evidence")),
        ("Where the memory is", _holders(facts)),
        ("Pages of the zone map", page_pictures(facts)),
        ("Pictures", "".join(picture(each.title, each.light, each.dark) for each in facts.pictures if not each.drawn)),
        ("Limits", _limits(facts)),
        ("What would have stopped it", _tried(facts)),
        ("Threads", _threads(facts)),
        ("Notes", _notes(facts)),
        ("Reproduce", f"<pre>{_lines(facts.command)}</pre>" if facts.command else ""),
        ("The run", _pairs(facts.rows())),
        ("What this file cannot show", _items(facts.info["cannot_show"])),
        ("In this archive", _pairs(list(facts.files.items()))),
        ("Versions", _pairs(list(facts.versions.items()))),
    ):
        if made:
            yield heading, made


def tried_table(tried: list[Tried]) -> tuple[list[str], list[list[str]]]:
    """Names of the columns and rows of what the limits do, the run as recorded first."""
    counts = [name for name in ("processes", "threads", "ports") if any(row.counts.get(name) for row in tried)]
    rows = [
        [
            row.limit or "as recorded",
            row.outcome,
            words.time(round(row.seconds * 1e9)),
            words.share(row.used, row.size),
            *(words.number(row.counts.get(name, 0)) for name in counts),
        ]
        for row in tried
    ]
    return ["limit", "the run", "at", "of zone_map in use", *counts], rows


def prevented(tried: list[Tried]) -> str:
    """How many limits help, as a sentence."""
    limits, end = [row for row in tried if row.limit], next((row.outcome for row in tried if not row.limit), "")
    if end not in ("panic", "hang"):
        return "The run as recorded ends without a panic."
    helps = sum(row.prevented for row in limits)
    return f"{helps or 'None'} of {words.count(len(limits), 'limit')} {'prevents' if helps == 1 else 'prevent'} the {end}."


def _comment(facts: Facts) -> str:
    return f"<blockquote>{_lines(facts.note)}</blockquote>" if facts.note else ""


def _console(facts: Facts) -> str:
    if not facts.console and not facts.call_path:
        return ""
    path = f"<p class=soft>Call path of the panic: {text(' > '.join(facts.call_path))}</p>" if facts.call_path else ""
    return (f"<pre class=console>{_lines(chr(10).join(facts.console))}</pre>" if facts.console else "") + path


def _findings(found: list[Finding], kind: str) -> str:
    items = "".join(f"<li class={text(finding.confidence)}>{text(finding.sentence)}</li>" for finding in found)
    return f"<ul class='findings {kind}'>{items}</ul>" if found else ""


def _memory(facts: Facts) -> str:
    if not facts.series.stack.tops.size:
        return ""
    figure = f"<figure class=chart id=zones>{clipping()}{zones(facts)}{legend(facts)}</figure>"
    return figure + over_time(facts)


def _holders(facts: Facts) -> str:
    if "paths" not in facts.info["shows"] or not facts.diagnosis.holders:
        return ""
    rows = [
        [
            *map(text, (h.zone, words.named_task(h.task, h.task_name), " > ".join(h.call_path[-4:]))),
            words.number(h.count),
            words.size(h.bytes),
        ]
        for h in facts.diagnosis.holders[:HOLDERS]
    ]
    noun = text(facts.info["zone_noun"])
    return table([noun, "task", "call path", "elements", "bytes"], rows, f"Largest call sites, by {noun}, task and call path", "places")


def _limits(facts: Facts) -> str:
    used = [m for m in facts.diagnosis.memories if m.ended or m.full >= LEAST_USED]
    rows = [
        [
            text(m.short) + (" <strong>ran out</strong>" if m.ended else ""),
            words.size(m.size),
            words.size(m.room),
            words.size(m.free),
            words.share(m.used, m.room),
        ]
        for m in sorted(used, key=lambda m: (not m.ended, -m.full))
    ]
    unused = [m.short for m in facts.diagnosis.memories if m not in used]
    used_of = f"used {facts.series.since}".rstrip() + ", of what was free"
    shown = table(["limit", "size", "free at the start", "free at the end", used_of], rows, "")
    rest = f"<p class=soft>Under 1 % used: {text(words.listed(unused))}.</p>" if unused else ""
    return (shown if rows else "") + rest


def _tried(facts: Facts) -> str:
    if not facts.tried:
        return f"<p>Not tested for this report. {_code(AGAIN)}</p>" if facts.triable else ""
    names, rows = tried_table(facts.tried)
    cells = [[text(cell) for cell in row] for row in rows]
    for row, each in zip(cells, facts.tried, strict=True):
        row[1] = f"<strong>{row[1]}</strong>" if each.prevented else row[1]
    return f"<p>{text(prevented(facts.tried))}</p>" + table(names, cells, "The same run, each time with one limit", "tried")


def _threads(facts: Facts) -> str:
    chart = f"<figure class=chart id=counts>{lanes(facts)}</figure>" if facts.series.counts else ""
    rows, doing = server_rows(facts)
    cells = [[text(row[0]), *row[1:]] for row in rows]
    shown = table(["server", "threads", *doing], cells, "Threads by server, at the moment of the report")
    said = "".join(f"<p class=soft>{text(sentence)}</p>" for sentence in facts.waits)
    return chart + (shown if rows else "") + said


def server_rows(facts: Facts) -> tuple[list[list[str]], list[str]]:
    """Rows (server, threads, of these by activity), most threads first, and the activities that there are."""
    order = sorted(facts.threads.items(), key=lambda item: -sum(item[1]))
    there = [i for i in range(len(DOING)) if any(counts[i] for counts in facts.threads.values())]
    rows = [[words.one_line(name, 60), words.number(sum(counts)), *(words.number(counts[i]) for i in there)]
            for name, counts in order[:SERVERS]]
    rest = order[SERVERS:]
    if rest:
        sums = [sum(counts[i] for _, counts in rest) for i in range(len(DOING))]
        rows.append([f"{words.number(len(rest))} others", words.number(sum(sums)), *(words.number(sums[i]) for i in there)])
    return rows, [DOING[i] for i in there]


def _notes(facts: Facts) -> str:
    items = "".join(f"<li><span class=soft>{text(each.moment)}</span> {_lines(each.text) or '(no text)'}</li>" for each in facts.remarks)
    return f"<ol class=notes>{items}</ol>" if items else ""


def _items(lines: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{text(line)}</li>' for line in lines)}</ul>" if lines else ""


def _lines(words: str) -> str:
    return "\n".join(text(line) for line in words.splitlines())


def _code(words: str) -> str:
    return "".join(f"<code>{text(part)}</code>" if i % 2 else text(part) for i, part in enumerate(words.split("`")))


def _pairs(rows: list[tuple[str, str]]) -> str:
    body = "".join(f"<tr><td>{text(name)}</td><td>{text(value)}</td></tr>" for name, value in rows)
    return f"<table class=words><tbody>{body}</tbody></table>" if rows else ""
