"""The page in a headless browser, in both themes: complete at once, and its script does what it offers."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.exporters.report.browser import FOUND, Browser
from zoneviz.exporters.report import Facts
from zoneviz.exporters.report.html import page

pytestmark = pytest.mark.skipif(FOUND is None, reason="no headless Chromium is installed (apt-get install chromium-headless-shell)")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("browser")) as made:
        yield made


@pytest.fixture(params=["light", "dark"])
def shown(request: pytest.FixtureRequest, browser: Browser, found: Facts, tmp_path: Path) -> Browser:
    """The page of the fork bomb."""
    file = tmp_path / "report.html"
    file.write_text(page(found))
    browser.errors.clear()
    browser.show(file, dark=request.param == "dark")
    return browser


SAID = "document.querySelector('#zones .readout').textContent"
LABELS = "[...document.querySelectorAll('#zones svg[role=img] text')].map((each) => each.textContent).join()"


def test_it_loads_nothing_and_has_no_errors(shown: Browser) -> None:
    assert shown.errors == []
    assert shown.run("document.querySelectorAll('.tools button').length") == 3
    assert shown.run("document.documentElement.scrollWidth <= innerWidth")
    ink, paper = (shown.run(f"getComputedStyle(document.body).{name}") for name in ("color", "backgroundColor"))
    assert {ink, paper} in ({"rgb(27, 31, 36)", "rgb(255, 255, 255)"}, {"rgb(230, 232, 235)", "rgb(21, 24, 28)"})


def test_values_at_the_pointer(shown: Browser, found: Facts) -> None:
    assert shown.run(SAID).startswith("At the end: all together")
    box = shown.box("#zones svg[role=img]")
    shown.mouse("mouseMoved", box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    middle = shown.run(SAID)
    assert ", after event " in middle and "At the end" not in middle
    assert shown.run("document.querySelectorAll('.cursor').length") == 2, "in both charts"
    assert "threads" in shown.run("document.querySelector('#counts .readout').textContent")
    assert shown.run("document.querySelector('#pages output').textContent") != f"{found.clock(found.series.x[-1])}"
    assert int(shown.run("document.querySelector('#pages input').value")) < 23


def test_zoom_by_dragging_and_by_keys(shown: Browser) -> None:
    whole, box = shown.run(LABELS), shown.box("#zones svg[role=img]")
    y = box["y"] + box["height"] / 2
    shown.mouse("mouseMoved", box["x"] + box["width"] * 0.5, y)
    shown.mouse("mousePressed", box["x"] + box["width"] * 0.5, y)
    shown.mouse("mouseMoved", box["x"] + box["width"] * 0.7, y)
    shown.mouse("mouseReleased", box["x"] + box["width"] * 0.7, y)
    assert shown.run(LABELS) != whole
    shown.run("document.querySelector('#zones svg[role=img]').focus()")
    shown.key("0")
    assert shown.run(LABELS) == whole
    shown.key("+")
    assert shown.run(LABELS) != whole
    shown.key("0")
    shown.key("Home")
    first = shown.run(SAID)
    shown.key("ArrowRight")
    assert shown.run(SAID) != first


def test_a_band_is_hidden_and_shown(shown: Browser) -> None:
    button = "document.querySelector('#zones .keys button')"
    band = "document.querySelectorAll('#zones path.b0').length"
    assert (shown.run(band), shown.run(f"{button}.getAttribute('aria-pressed')")) == (1, "true")
    shown.run(f"{button}.click()")
    assert (shown.run(band), shown.run(f"{button}.getAttribute('aria-pressed')")) == (0, "false")
    shown.run(f"{button}.click()")
    assert shown.run(band) == 1


def test_the_pages_at_a_moment(shown: Browser) -> None:
    pixels = "[...document.querySelector('canvas').getContext('2d').getImageData(0, 0, 1024, 100).data].join().length"
    last = shown.run(pixels)
    shown.run("(() => { const s = document.querySelector('#pages input'); s.value = 3; s.dispatchEvent(new Event('input')); })()")
    assert shown.run(pixels) != last and shown.run("document.querySelectorAll('.cursor').length") == 2
    box = shown.box("canvas")
    shown.mouse("mouseMoved", box["x"] + 4, box["y"] + 4)
    assert shown.run("document.querySelector('#pages .readout').textContent").startswith("Boot memory, page 0x")


def test_on_paper_the_pictures_are_those_without_a_script(shown: Browser) -> None:
    shown.call("Emulation.setEmulatedMedia", media="print")
    display = [shown.run(f"getComputedStyle(document.querySelector('{name}')).display") for name in ("canvas", ".tools", "#pages picture")]
    assert display[:2] == ["none", "none"] and display[2] != "none"
    shown.call("Emulation.setEmulatedMedia", media="")


def test_markup_that_slips_through_does_not_run(browser: Browser, found: Facts, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    hostile = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script><a>bare</a>"
    file.write_text(page(replace(found, note="SLIPPED")).replace("SLIPPED", hostile))
    browser.show(file)
    assert browser.run("document.querySelector('blockquote a').textContent") == "bare"
    assert "run" not in browser.run("document.title").split()
    assert browser.run("document.querySelectorAll('.tools button').length") == 3, "our own script runs"
