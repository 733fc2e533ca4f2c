"""Pictures of a view as PNG, SVG and PDF, with a caption."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QLabel, QWidget

from tests.exporters import hostile
from tests.gui.conftest import Settle
from zoneviz import __version__
from zoneviz.app.pictures import Shot
from zoneviz.errors import EnvironmentProblem, UsageError
from zoneviz.gui.charts.figure import Figure, caption
from zoneviz.gui.kit.theme import DARK, LIGHT
from zoneviz.gui.pictures.shots import NAMES, named, shoot
from zoneviz.gui.session.session import Session
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.gui.window.saving import SavePicture
from zoneviz.playback import Player
from zoneviz.recording import Recording


def texts(svg: bytes) -> list[str]:
    return ["".join(part.itertext()).strip() for part in ElementTree.fromstring(svg.decode()).iter() if part.tag.endswith("}text")]


@pytest.fixture
def shown(qapp: QGuiApplication) -> QWidget:
    widget = QWidget()
    widget.resize(300, 100)
    label = QLabel("<b>inner</b>", widget)
    label.setGeometry(40, 30, 100, 20)
    widget.show()
    return widget


def caption_width(image: QImage) -> float:
    """Width of the caption's letters in points: the columns of the last rows that are not the ground's colour."""
    scale = image.devicePixelRatio()
    rows = range(image.height() - round(18 * scale), image.height())
    ground = image.pixel(0, image.height() - 1)
    inked = [x for x in range(image.width()) if any(image.pixel(x, y) != ground for y in rows)]
    return (max(inked) - min(inked)) / scale


def test_the_caption_has_one_size_at_every_scale(shown: QWidget) -> None:
    figure = Figure(shown, LIGHT, "a caption of some length")
    assert caption_width(figure.image(2.0)) == pytest.approx(caption_width(figure.image()), rel=0.1)


def test_the_scale_multiplies_pixels(shown: QWidget) -> None:
    plain, said = Figure(shown, LIGHT), Figure(shown, DARK, "what it is")
    assert plain.image().size().toTuple() == (324, 124)
    assert said.image(2).size().toTuple() == (648, 288)
    assert said.image(2.5).pixelColor(2, 2).name() == DARK.ground


def test_svg_has_text_and_caption(shown: QWidget) -> None:
    svg = Figure(shown, LIGHT, "the & caption <x>").encoded(".svg", 2)
    assert {"inner", "the & caption <x>"} <= set(texts(svg))
    root = ElementTree.fromstring(svg.decode())
    assert (root.get("width"), root.get("viewBox")) == ("648", "0 0 324 144")
    ids = [part.get("id") for part in root.iter() if part.get("id")]
    assert len(ids) == len(set(ids))


def test_pdf_is_one_page(shown: QWidget) -> None:
    pdf = Figure(shown, LIGHT, "x").encoded(".pdf")
    assert pdf.startswith(b"%PDF-") and pdf.count(b"/Type /Page\n") == 1


def test_the_caption_says_recording_moment_and_selection(session: Session, settle: Settle) -> None:
    session.ask_moment(100)
    session.select(zone="threads")
    settle(session)
    words = caption("Zones", session)
    assert words.startswith("Zones · panic.zvz · fork-bomb, antrik-2005, seed 7 · after event 100 at ")
    assert words.endswith(f"selected: threads · zoneviz {__version__}")


def test_hostile_names_are_text_in_a_drawing(qapp: QGuiApplication, tmp_path: Path) -> None:
    path = hostile.record(tmp_path / "h.zvz")
    for view in ("timeline", "zones", "window"):
        shoot(Shot(path, tmp_path / f"{view}.svg", view))
        svg = (tmp_path / f"{view}.svg").read_bytes()
        tags = {part.tag.rpartition("}")[2] for part in ElementTree.fromstring(svg.decode()).iter()}
        assert "script" not in tags and "a" not in tags and "foreignObject" not in tags
        assert b"\x1b" not in svg and any("=HYPERLINK" in text for text in texts(svg))


@pytest.mark.parametrize("name", NAMES)
def test_every_view_can_be_painted(qapp: QGuiApplication, recorded: Path, tmp_path: Path, name: str) -> None:
    told = shoot(Shot(recorded, tmp_path / "a.png", name, at="4000", theme="dark", width=900, height=600, scale=1.5))
    picture = QImage(str(tmp_path / "a.png"))
    assert (told["width"], told["height"]) == picture.size().toTuple() == (1350, 930) and told["at"] == 4000
    assert len({picture.pixel(x, y) for x in range(0, 1350, 7) for y in range(0, 930, 7)}) > 5
    assert named(name) == name


@pytest.mark.parametrize(
    "shot",
    [
        Shot(Path("x"), Path("a.gif")),
        Shot(Path("x"), Path("a.png"), theme="blue"),
        Shot(Path("x"), Path("a.png"), scale=100),
        Shot(Path("x"), Path("a.png"), width=10),
    ],
)
def test_invalid_shots_are_rejected(shot: Shot) -> None:
    with pytest.raises(UsageError):
        shoot(shot)


@pytest.mark.parametrize("name", ["", "moon", "zone", "map zone heat"])
def test_an_unknown_or_ambiguous_view_is_rejected(name: str) -> None:
    with pytest.raises(UsageError, match="Unknown view"):
        named(name)


def test_an_existing_file_and_an_unwritable_one_are_errors(qapp: QGuiApplication, recorded: Path, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        shoot(Shot(recorded, tmp_path / "a.png"))
    assert (tmp_path / "a.png").read_text() == "mine"
    with pytest.raises(UsageError, match="no folder"):
        shoot(Shot(recorded, tmp_path / "none" / "a.png"))


def test_the_dialog_saves_and_copies(
    window: MainWindow, recorded: Path, tmp_path: Path, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.session.show(Player(Recording(recorded)))
    settle(window.session)
    window.actions_["picture"].trigger()
    dialog = window.findChild(SavePicture)
    assert isinstance(dialog, SavePicture) and dialog.what.currentText()
    dialog.what.setCurrentText("Window")
    dialog.width_.setText("3200")
    dialog.copy()
    assert QGuiApplication.clipboard().image().width() == 3200
    monkeypatch.setattr(Figure, "save", lambda *_, **__: (_ for _ in ()).throw(EnvironmentProblem("It is full.")))
    dialog.save(tmp_path / "w.png")
    assert dialog.words.text() == "It is full."
    monkeypatch.undo()
    dialog.save(tmp_path / "w.svg")
    assert any("PANIC" in text for text in texts((tmp_path / "w.svg").read_bytes()))
