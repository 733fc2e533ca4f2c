"""The report as one HTML page for light, dark and paper. It loads nothing; all content from the recording is escaped text.

Its own script adds zoom, values at the pointer and the pages at other moments; the page is complete without it. Style and script are in
resources/report.
"""

from base64 import b64encode
from hashlib import sha256

from zoneviz import resources
from zoneviz.exporters.report import Facts
from zoneviz.exporters.report.charts import text
from zoneviz.exporters.report.data import embedded
from zoneviz.exporters.report.sections import sections
from zoneviz.recording.header import IMPORTED, ORIGINS, SIMULATED

_ORIGIN = {kind: f"It was {origin}." for kind, origin in ORIGINS.items()} | {
    SIMULATED: "This is a run of a model of GNU Mach, not of GNU Mach itself. Its times are estimates.",
    IMPORTED: "This is an imported event stream of a real GNU Mach.",
}


def page(facts: Facts) -> str:
    """The report as an HTML page."""
    style, code = _part("report.css") + _colours(facts), script()
    head = f"<meta charset=utf-8><meta name=viewport content='width=device-width'><title>{text(facts.title)}</title>"
    # Forbids loading anything and running anything else, in case an escaping bug ever lets a text become markup.
    rules = f"default-src 'none'; img-src data:; style-src {_hash(style)}; script-src {_hash(code)}; base-uri 'none'; form-action 'none'"
    head += f'<meta http-equiv=Content-Security-Policy content="{rules}">'
    body = [_top(facts), *(f"<section><h2>{text(heading)}</h2>\n{made}</section>" for heading, made in sections(facts))]
    data = f"<script type=application/json id=data>{embedded(facts)}</script>"
    return (
        f"<!doctype html>\n<html lang=en>\n<head>{head}<style>{style}</style></head>\n<body>\n"
        + "\n".join(body)
        + f"\n{data}<script>{code}</script>\n</body>\n</html>\n"
    )


def script() -> str:
    """The script of the page."""
    return _part("figures.js") + _part("report.js")


def _top(facts: Facts) -> str:
    lead = f"<p class=lead>{text(facts.lead.sentence)}</p>" if facts.lead else ""
    model = _ORIGIN[facts.info["kind"]]
    recorded = f"<p class=soft>Recorded {text(facts.info['created'])} by zoneviz {text(facts.info['zoneviz'])}. {model}</p>"
    return f"<header><h1>{text(facts.title)}</h1>{lead}{recorded}</header>"


def _part(name: str) -> str:
    return (resources.folder("resources") / "report" / name).read_text(encoding="utf-8")


def _colours(facts: Facts) -> str:
    """The colours of the bands in both themes."""
    light, dark = ("".join(f"--b{i}:{pair[at]};" for i, pair in enumerate(facts.series.colours)) for at in (0, 1))
    names = "".join(f".b{i}{{fill:var(--b{i});background:var(--b{i})}}" for i in range(len(facts.series.colours)))
    return f":root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}{names}\n"


def _hash(content: str) -> str:
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"
