"""Pictures of graphs as files."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

from micrograd_gui.export.formats import FORMATS, write_picture
from micrograd_gui.export.graph_picture import GraphSubject
from micrograd_gui.export.options import Options, RenderError
from micrograd_gui.model.arrays import Arrays, derive_arrays
from micrograd_gui.model.document import Document
from micrograd_gui.model.resolve import Resolved, resolve
from micrograd_gui.model.theme import DARK, LIGHT, Theme
from tests.gui.canvas.canvas import NEURON, count_color

pytestmark = pytest.mark.usefixtures("qapp")


def render_graph(
    resolved: Resolved, position: int | None, theme: Theme, path: Path, arrays: Arrays | None = None
) -> None:
    write_picture("graph", GraphSubject(resolved, arrays), Options(theme, position), path)


def texts(path: Path) -> list[str]:
    """Return all text of an SVG file."""
    root = ET.fromstring(path.read_text(encoding="utf-8"))
    return ["".join(element.itertext()).strip() for element in root.iter("{http://www.w3.org/2000/svg}text")]


@pytest.fixture
def neuron() -> Resolved:
    return resolve(Document(NEURON))


def test_svg_says_what_the_cards_say(neuron: Resolved, tmp_path: Path) -> None:
    """Text stays text: labels, data and gradients of the neuron can be found in the file."""
    render_graph(neuron, None, DARK, tmp_path / "n.svg")
    found = texts(tmp_path / "n.svg")
    for label in ("x1", "x1*w1 + x2*w2", "tanh", "output"):
        assert label in found
    for number in ("0.7071", "0.8814", "−6.0000", "−1.5000", "1.0000", "0.5000", "0.0000"):
        assert number in found


def test_a_step_shows_what_is_known_by_then(neuron: Resolved, tmp_path: Path) -> None:
    """Step 0 shows the leaves' data alone; the end of the forward pass shows no gradient."""

    def numbers(position: int) -> list[str]:
        path = tmp_path / f"{position}.svg"
        render_graph(neuron, position, DARK, path)
        return sorted(text for text in texts(path) if re.fullmatch(r"−?\d+\.\d{4}", text))

    forward_count = neuron.timeline.steps_of(0).forward_count
    assert numbers(0) == sorted(["2.0000", "0.0000", "−3.0000", "1.0000", "6.8814"])
    assert len(numbers(forward_count)) == 10
    assert "0.7071" in numbers(forward_count)
    assert len(numbers(len(neuron.timeline))) == 20


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_png_is_drawn_in_the_theme_at_twice_the_size(neuron: Resolved, theme: Theme, tmp_path: Path) -> None:
    """Background, cyan and pink are the theme's; the picture has twice the pixels of the drawing."""
    render_graph(neuron, None, theme, tmp_path / "n.png")
    render_graph(neuron, None, theme, tmp_path / "n.svg")
    picture = QImage(str(tmp_path / "n.png"))
    _, _, width, height = map(float, drawing_size(tmp_path / "n.svg"))
    assert (picture.width(), picture.height()) == pytest.approx((2 * width, 2 * height), abs=2)
    assert picture.pixelColor(1, 1).name() == theme.canvas
    assert count_color(picture, theme.data) > 500
    assert count_color(picture, theme.grad) > 500
    other = LIGHT if theme is DARK else DARK
    assert count_color(picture, other.data) == 0


def drawing_size(path: Path) -> list[str]:
    return ET.fromstring(path.read_text(encoding="utf-8")).attrib["viewBox"].split()


def test_the_whole_graph_is_in_the_picture(neuron: Resolved, tmp_path: Path) -> None:
    """A margin on each side is empty: nothing is cut off."""
    render_graph(neuron, None, LIGHT, tmp_path / "n.png")
    picture = QImage(str(tmp_path / "n.png"))
    width, height = picture.width(), picture.height()
    for border in (
        QRect(0, 0, width, 24),
        QRect(0, height - 24, width, 24),
        QRect(0, 0, 24, height),
        QRect(width - 24, 0, 24, height),
    ):
        strip = picture.copy(border)
        background = count_color(strip, LIGHT.canvas, 3) + count_color(strip, LIGHT.canvas_dot, 30)
        assert background >= border.width() * border.height()


def test_the_same_picture_is_the_same_file(neuron: Resolved, tmp_path: Path) -> None:
    """Drawing again gives the same bytes."""
    for name in ("n.png", "n.svg"):
        render_graph(neuron, 7, DARK, tmp_path / name)
        first = (tmp_path / name).read_bytes()
        render_graph(neuron, 7, DARK, tmp_path / name)
        assert (tmp_path / name).read_bytes() == first


def test_labels_are_escaped(tmp_path: Path) -> None:
    """Markup in a label stays text, and the file is well-formed."""
    resolved = resolve(Document("a = Value(1.0, label='<b>&</b>')\nb = a * a"))
    render_graph(resolved, None, DARK, tmp_path / "n.svg")
    assert "<b>&</b>" in texts(tmp_path / "n.svg")


def test_a_huge_graph_is_drawn_smaller(tmp_path: Path) -> None:
    """A picture that would take gigabytes is scaled down instead."""
    resolved = resolve(Document("a = 0.5\n" + "a = a.tanh()\n" * 400))
    render_graph(resolved, None, LIGHT, tmp_path / "n.png")
    picture = QImage(str(tmp_path / "n.png"))
    assert 10_000 < picture.width() <= 32_000
    assert count_color(picture, LIGHT.data, 30) > 500


@pytest.mark.parametrize("name", ["n.jpg", "n", "n.pdf", "png"])
def test_other_formats_are_refused(neuron: Resolved, tmp_path: Path, name: str) -> None:
    """The sentence names the file and the formats there are."""
    with pytest.raises(RenderError, match=rf"{re.escape(name)} .* \.png, \.svg"):
        render_graph(neuron, None, DARK, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_the_ending_may_be_in_capitals(neuron: Resolved, tmp_path: Path) -> None:
    """The suffix may be in capitals, as other systems write it."""
    render_graph(neuron, None, DARK, tmp_path / "N.PNG")
    assert not QImage(str(tmp_path / "N.PNG")).isNull()


def test_a_place_that_cannot_be_written_to_is_named(neuron: Resolved, tmp_path: Path) -> None:
    """No folder, or a folder in the file's place: a sentence with the reason, and nothing half written."""
    (tmp_path / "folder.svg").mkdir()
    for path in (tmp_path / "missing" / "n.png", tmp_path / "folder.svg"):
        with pytest.raises(RenderError, match=f"{re.escape(str(path))} could not be written. "):
            render_graph(neuron, None, DARK, path)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.svg"]


@pytest.mark.parametrize("source", ["", "a = (", "import os"])
def test_without_a_graph_there_is_no_picture(tmp_path: Path, source: str) -> None:
    """An empty or wrong program is refused in a sentence."""
    with pytest.raises(RenderError, match="no graph to draw"):
        render_graph(resolve(Document(source)), None, DARK, tmp_path / "n.png")
    assert list(tmp_path.iterdir()) == []


def test_a_large_picture_is_not_made_of_dots(tmp_path: Path) -> None:
    """The background's dots stand farther apart over a wide graph; millions of them took gigabytes."""
    source = "m = MLP(2, [8, 8, 1])\ns = m([1.0, 2.0])\nloss = s + 0.1 * sum(p*p for p in m.parameters())"
    render_graph(resolve(Document(source)), None, DARK, tmp_path / "wide.svg")
    dots = (tmp_path / "wide.svg").read_text(encoding="utf-8").count("<circle")
    assert 1_000 < dots < 60_000


def test_every_format_has_a_suffix_of_its_own() -> None:
    """Among those of what is drawn, since a file's name says which one is meant."""
    rows = [(row.needs, row.suffix) for row in FORMATS]
    assert len(set(rows)) == len(rows)
    assert all(suffix == suffix.lower() and suffix.startswith(".") for _needs, suffix in rows)


LOOP = """\
w = Value(0.5)
for k in range(3):
    loss = (w*3.0 - 6.0)**2
    loss.backward()
    w.data -= 0.01 * w.grad
print([(w*x).data for x in [1.0, 2.0]])
for x in [1.0, 2.0]: print((w*x + w).data)
"""


@pytest.mark.parametrize("with_arrays", [False, True])
def test_any_step_of_a_loop_can_be_drawn(with_arrays: bool, tmp_path: Path) -> None:
    """Each has the cards of its round, also where these are others than at the end."""
    resolved = resolve(Document(LOOP))
    assert len(resolved.graphs) > 1
    for position in range(0, len(resolved.timeline) + 1, 3):
        graph = resolved.graph_at(position)
        arrays = derive_arrays(graph) if with_arrays else None
        render_graph(resolved, position, DARK, tmp_path / "n.svg", arrays)
        assert {node.label for node in graph.nodes} <= set(texts(tmp_path / "n.svg"))
