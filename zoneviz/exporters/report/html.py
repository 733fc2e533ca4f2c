"""The report as one HTML page for light, dark and paper. It loads nothing; all content from the recording is escaped text."""

from base64 import b64encode

from zoneviz import words
from zoneviz.exporters.report import Facts
from zoneviz.exporters.report.charts import by_zone, filling, table, text
from zoneviz.recording.header import IMPORTED, ORIGINS, SIMULATED

HOLDERS = 10
# Colours that differ for every kind of colour vision, by M. Okabe and K. Ito.
_STYLE = """
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#59616c;--line:#d3d8de;--paper:#fff;--mark:#f4f6f8;--fill:#bcd7ee;--curve:#0b6cb8;
--danger:#b3261e;--z0:#0072b2;--z1:#009e73;--z2:#e69f00;--z3:#cc79a7;--z4:#7b5ea7;--z5:#56b4e9;--z6:#d55e00;--zx:#8b929b}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e6e8eb;--soft:#9aa4af;--line:#3a4048;--paper:#15181c;--mark:#1d2126;
--fill:#1f4462;--curve:#5fb3f5;--danger:#ff8a80;--zx:#6d747d}}
*{box-sizing:border-box}body{background:var(--paper);color:var(--ink);font:15px/1.55 system-ui,sans-serif;max-width:62rem;margin:2rem auto;
padding:0 1.25rem}h1{font-size:1.5rem;line-height:1.25;overflow-wrap:anywhere;margin-bottom:.2rem}h2{font-size:1.1rem;margin:2.2rem 0 .6rem}
.soft,caption,figcaption{color:var(--soft)}caption{text-align:left;font-size:.9em;padding:.4em 0}table{border-collapse:collapse;width:100%;
font-size:.86em;font-variant-numeric:tabular-nums}td,th{padding:.25em .6em;border-bottom:1px solid var(--line);text-align:right;
vertical-align:top;font-weight:400}th{color:var(--soft)}td:first-child,th:first-child{text-align:left;padding-left:0;overflow-wrap:anywhere}
.left td:nth-child(-n+3),.left th:nth-child(-n+3){text-align:left;white-space:normal;overflow-wrap:anywhere}
td{white-space:nowrap}.words td{text-align:left;white-space:normal;overflow-wrap:anywhere}
.words td:first-child{white-space:nowrap;
color:var(--soft);width:1%}.scroll{overflow-x:auto}
svg{width:100%;height:auto;display:block}svg text{fill:var(--soft);font-size:12px}.grid{stroke:var(--line)}.fill{fill:var(--fill)}
.curve{fill:none;stroke:var(--curve);stroke-width:2}line.ceiling{stroke:var(--danger);stroke-dasharray:6 4}text.ceiling{fill:var(--danger)}
.keys{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.2em 1.2em;font-size:.88em}.keys i{display:inline-block;width:.8em;
height:.8em;margin-right:.4em}.findings{padding:0;list-style:none}.findings li{margin:.5em 0;padding-left:.8em;
border-left:3px solid var(--line)}
.findings li.cause,.findings li.likely{border-color:var(--danger);font-weight:600}.findings small{display:block;color:var(--soft);
font-weight:400;overflow-wrap:anywhere}pre{background:var(--mark);padding:.8em 1em;overflow-x:auto;font-size:.85em;
white-space:pre-wrap;overflow-wrap:anywhere}
blockquote{margin:1em 0;padding:.6em 1em;background:var(--mark);white-space:pre-wrap;overflow-wrap:anywhere}figure{margin:1.5rem 0}
figure img{width:100%;height:auto;border:1px solid var(--line)}
"""
_ZONES = "".join(f".z{name}{{fill:var(--z{name});background:var(--z{name})}}" for name in (*range(7), "x"))
_PRINT = """@page{margin:16mm}@media print{body{font-size:10pt;max-width:none;margin:0;padding:0}h2{break-after:avoid}
svg,figure,tr,li,.keys,blockquote{break-inside:avoid}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}.scroll{overflow:visible}
table{font-size:7.5pt}td,th{padding:.2em .3em}}"""


def page(facts: Facts) -> str:
    """The report as an HTML page."""
    model = _ORIGIN[facts.info["kind"]]
    parts = [
        f"<h1>{text(facts.title)}</h1>",
        f"<p class=soft>Recorded {text(facts.info['created'])} by zoneviz {text(facts.info['zoneviz'])}. {model}</p>",
    ]
    if facts.note:
        parts.append(f"<blockquote>{_lines(facts.note)}</blockquote>")
    parts += ["<h2>Why</h2>", _findings(facts)]
    parts += ["<h2>Use of zone_map</h2>", filling(facts)] if facts.series.used.any() else []
    parts += [f"<h2>Size of the {text(facts.info['zone_noun'])}s</h2>", by_zone(facts)]
    parts += ["<h2>Where the memory is</h2>", _holders(facts) if "paths" in facts.info["shows"] else "", _memories(facts)]
    if facts.info["cannot_show"]:
        items = "".join(f"<li>{text(line)}</li>" for line in facts.info["cannot_show"])
        parts.append(f"<h2>What this file cannot show</h2><ul>{items}</ul>")
    if facts.pictures:
        parts.append("<h2>Pictures</h2>")
        parts += [_picture(picture.title, picture.light, picture.dark) for picture in facts.pictures]
    parts += ["<h2>The run</h2>", _words(facts.rows())]
    if facts.command:
        parts += ["<h2>Reproduce</h2>", f"<pre>{_lines(facts.command)}</pre>"]
    if facts.files:
        parts += ["<h2>In this archive</h2>", _words(list(facts.files.items()))]
    parts += ["<h2>Versions</h2>", _words(list(facts.versions.items()))]
    head = f"<meta charset=utf-8><meta name=viewport content='width=device-width'><title>{text(facts.title)}</title>"
    # Forbids loading anything, in case an escaping bug ever lets a text become markup.
    head += "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
    style = _STYLE + _ZONES + _PRINT
    body = "\n".join(parts)
    return f"<!doctype html>\n<html lang=en>\n<head>{head}<style>{style}</style></head>\n<body>\n{body}\n</body>\n</html>\n"


_ORIGIN = {kind: f"It was {origin}." for kind, origin in ORIGINS.items()} | {
    SIMULATED: "This is a run of a model of GNU Mach, not of GNU Mach itself. Its times are estimates.",
    IMPORTED: "This is an imported event stream of a real GNU Mach.",
}


def _lines(words: str) -> str:
    return "\n".join(text(line) for line in words.splitlines())


def _findings(facts: Facts) -> str:
    items = []
    for finding in facts.diagnosis.findings:
        numbers = ", ".join(f"{name} {value:,}" for name, value in finding.numbers.items())
        seq = f"event {finding.seq:,}; " if finding.seq else ""
        small = f"<small>{text(finding.confidence)}; {text(seq + numbers)}</small>" if numbers or seq else ""
        items.append(f"<li class={text(finding.confidence)}>{text(finding.sentence)}{small}</li>")
    return f"<ul class=findings>{''.join(items)}</ul>"


def _holders(facts: Facts) -> str:
    rows = [
        [text(h.zone), text(words.named_task(h.task, h.task_name)), text(" > ".join(h.call_path[-4:])), f"{h.count:,}", words.size(h.bytes)]
        for h in facts.diagnosis.holders[:HOLDERS]
    ]
    found = table(["zone", "task", "call path", "elements", "bytes"], rows, "Largest call sites, by zone, task and call path")
    return f"<div class=left>{found}</div>"


def _memories(facts: Facts) -> str:
    rows = [
        [
            text(m.name),
            words.size(m.size),
            words.size(m.room),
            words.size(m.free),
            words.share(m.full, 1) + (", ran out" if m.ended else ""),
        ]
        for m in facts.diagnosis.memories
    ]
    names = ["limit", "size", "free at the start", "free at the end", f"used {facts.series.since}"]
    return table(names, rows, "Limits")


def _picture(title: str, light: bytes, dark: bytes) -> str:
    small, large = (f"data:image/png;base64,{b64encode(data).decode()}" for data in (light, dark))
    source = f"<source media='screen and (prefers-color-scheme:dark)' srcset='{large}'>"
    return f"<figure><picture>{source}<img src='{small}' alt='{text(title)}'></picture><figcaption>{text(title)}</figcaption></figure>"


def _words(rows: list[tuple[str, str]]) -> str:
    body = "".join(f"<tr><td>{text(name)}</td><td>{text(value)}</td></tr>" for name, value in rows)
    return f"<table class=words><tbody>{body}</tbody></table>"
