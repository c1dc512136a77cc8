"""Names beside marks, none upon another: where there is no room, a name is left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from unicodedata import bidirectional

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from crowdwise.base import theme

Way = tuple[tuple[float, float], tuple[float, float], str]  # a point, an offset in points of type, a side
BESIDE = (
    *((1.0, 0.0, "left"), (-1.0, 0.0, "right"), (0.0, 1.3, "center"), (0.0, -1.3, "center")),
    *((0.8, 1.2, "left"), (-0.8, 1.2, "right"), (0.8, -1.2, "left"), (-0.8, -1.2, "right")),
)
HALO = [patheffects.withStroke(linewidth=2, foreground="white")]


class Names:
    """The names written on a plot so far; its limits and layout must be settled.

    Parameters
    ----------
    axes : Axes
    marks : array-like, shape (n, 2)
        In data units: what a name had better not cover.
    """

    def __init__(self, axes: Axes, marks: Sequence[tuple[float, float]] | np.ndarray) -> None:
        self.axes = axes
        figure = axes.get_figure(root=True)
        if figure is None:
            raise ValueError("the plot stands in no figure")
        self._renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw_without_rendering()
        self._edge = axes.get_window_extent(self._renderer)
        self._marks = axes.transData.transform(np.asarray(marks, dtype=float).reshape(-1, 2))
        self._taken: list[Bbox] = []

    def beside(self, name: str, x: float, y: float, *, distance: float = 6.0, longest: int = 28, **look: Any) -> bool:
        """Write a name, no longer than so many letters, beside a point; say whether there was room."""
        ways: list[Way] = [((x, y), (distance * right, distance * up), side) for right, up, side in BESIDE]
        look = {"path_effects": HALO, "fontsize": 8.5} | look
        return is_drawable(name) and self.write(shorten(name, longest), ways, **look)

    def write(self, words: str, ways: Sequence[Way], **look: Any) -> bool:
        """Write the words where they cover no other and the fewest marks; say whether there was room."""
        found: list[tuple[int, Annotation, Bbox]] = []
        for point, offset, side in ways:
            place = {"xytext": offset, "textcoords": "offset points", "ha": side, "va": "center"}
            text = self.axes.annotate(words, point, **{"color": theme.INK, **place, **look})
            box = text.get_window_extent(self._renderer).padded(1.5)
            if self._is_inside(box) and not any(box.overlaps(other) for other in self._taken):
                found.append((sum(box.contains(*mark) for mark in self._marks), text, box))
            else:
                text.remove()
        found.sort(key=lambda way: way[0])
        for _, text, _ in found[1:]:
            text.remove()
        self._taken += [box for _, _, box in found[:1]]
        return bool(found)

    def _is_inside(self, box: Bbox) -> bool:
        edge = self._edge
        return bool(box.x0 >= edge.x0 and box.x1 <= edge.x1 and box.y0 >= edge.y0 and box.y1 <= edge.y1)


def is_drawable(name: str) -> bool:
    """Say whether the figures' font has every letter of a name, all written from left to right."""
    glyphs = get_font(findfont(FontProperties())).get_charmap()
    return all(ord(letter) in glyphs and bidirectional(letter) not in ("R", "AL") for letter in name)


def shorten(name: str, longest: int) -> str:
    """Give a game's name without its trade marks, cut where it is longer than a label should be."""
    plain = " ".join(name.translate(str.maketrans("", "", "®™")).split())
    return plain if len(plain) <= longest else f"{plain[: longest - 1].rstrip(' :-')}…"
