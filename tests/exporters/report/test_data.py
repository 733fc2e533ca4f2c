"""The data of the page is compact, whole, and cannot end its element."""

import json
from dataclasses import replace

import numpy as np

from zoneviz.exporters.report import Facts
from zoneviz.exporters.report.data import described, embedded, layers, limit_words, page_names


def test_differences_add_up_to_the_curves(found: Facts) -> None:
    data = described(found)
    assert np.allclose(np.cumsum(data["x"]) / data["scale"], found.series.stack.x)
    for band, values in zip(data["bands"], layers(found.series), strict=True):
        assert np.cumsum(band["values"]).tolist() == values.tolist()
    assert {row["name"] for row in data["counts"]} >= {"threads", "ports"}
    assert np.cumsum(data["at"]["seqs"]).tolist() == found.series.seqs.tolist()
    assert data["remarks"] == [found.remarks[0].x]


def test_changes_of_pages_add_up_to_the_pages(found: Facts) -> None:
    film, pages = found.pages, described(found)["pages"]
    assert film is not None and len(film.slots) == len(pages["changes"]) > 10
    assert pages["names"] == page_names(film, found.series.stack.names) and len(pages["letters"]) == len(pages["names"])
    now = pages["letters"][-1] * pages["cells"] * pages["slots"]
    for changes, slots in zip(pages["changes"], film.slots, strict=True):
        out, place = "", 0
        for kept, letters in zip(changes[::2], changes[1::2], strict=True):
            out += now[place : place + kept] + letters
            place += kept + len(letters)
        now = out + now[place:]
        assert now == "".join(pages["letters"][group] for group in slots.ravel().tolist())


def test_it_is_json_that_cannot_end_its_element(found: Facts) -> None:
    hostile = replace(found.series.stack, names=["</script><b>&\u2028", *found.series.stack.names[1:]])
    text = embedded(replace(found, series=replace(found.series, stack=hostile)))
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text)["bands"][0]["name"].startswith("</script><b>&")
    assert len(text) < 200_000


def test_the_limit_is_named(found: Facts) -> None:
    assert limit_words(found.series) == "limit: 64 KiB zone_map + 432 KiB reserved at boot"
    assert limit_words(replace(found.series, limit=0)) == ""
