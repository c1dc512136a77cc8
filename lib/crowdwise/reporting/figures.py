"""Show a figure in a notebook: vector, repeatable, with alt text, its source and the data behind it."""

from __future__ import annotations

import base64
import html
import io
import textwrap

import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import HTML, display
from matplotlib.figure import Figure

from crowdwise.reporting.frames import frame_to_html
from crowdwise.reporting.marks import read_marks

LETTERS_AN_INCH = 9.4  # of a title at 12.5 points, bold


def show(figure: Figure, *, alt: str, source: str = "", data: pd.DataFrame | None = None, dense: bool = False) -> None:
    """Display a figure in a notebook: see `figure_to_html`."""
    display(HTML(figure_to_html(figure, alt=alt, source=source, data=data, dense=dense)))


def show_found(
    drawn: tuple[Figure, str], what: str, *, mark: str = "", source: str = "", data: pd.DataFrame | None = None
) -> None:
    """Display a figure that comes with its finding; the alt text is what is drawn, and the finding.

    Parameters
    ----------
    drawn : (Figure, str)
        As functions that draw give it.
    what : str
        What is drawn, as in ``Line: the smallest difference found, by weeks``.
    mark : str, optional
        Stands before the finding, as in ``Simulated data``.
    """
    figure, finding = drawn
    if mark:
        axes = next(axes for axes in figure.axes if axes.get_title(loc="left"))
        axes.set_title(f"{mark}: {axes.get_title(loc='left')}", loc="left")
        finding = f"{mark}: {finding}"
    show(figure, alt=f"{what}. {finding}.", source=source, data=data)


def figure_to_html(
    figure: Figure, *, alt: str, source: str = "", data: pd.DataFrame | None = None, dense: bool = False
) -> str:
    """Give a figure as an image of its own with alt text, and close it.

    Parameters
    ----------
    figure : Figure
        Its title says what it found, its axes have units.
    alt : str
        What a reader who can't see it needs to know: what is drawn, and the finding with its numbers.
    source : str, optional
        Which rows it was made from.
    data : DataFrame, optional
        The numbers behind it, to open below it (at most some hundred rows). Where it is left out, what was drawn is
        read back from the figure.
    dense : bool
        Whether it holds so many marks that a 2x PNG is smaller than vectors.
    """
    if not alt.strip():
        raise ValueError("a figure needs alt text")
    given = data is not None and len(data) > 0
    drawn = data if data is not None and given else read_marks(figure)
    _fit_titles(figure)
    buffer = io.BytesIO()
    if dense:
        figure.savefig(buffer, format="png", dpi=200, metadata={"Software": None})
        kind = "image/png"
    else:
        figure.savefig(buffer, format="svg", metadata={"Date": None})
        kind = "image/svg+xml"
    plt.close(figure)
    code = base64.b64encode(buffer.getvalue()).decode()
    width, height = (figure.get_size_inches() * 96).round().astype(int)
    parts = [
        '<figure class="crowdwise-figure">',
        f'<img src="data:{kind};base64,{code}" alt="{html.escape(alt)}" width="{width}" height="{height}"',
        ' style="max-width:100%;height:auto;background:#fff">',
    ]
    if source:
        parts.append(f"<figcaption>{html.escape(source)}</figcaption>")
    if len(drawn) or data is not None:
        words = "The data behind this figure" + ("" if given else ", as it was drawn")
        parts.append(f"<details><summary>{words}</summary>{frame_to_html(drawn)}</details>")
    parts.append("</figure>")
    return "".join(parts)


def _fit_titles(figure: Figure) -> None:
    """Let a single plot's title start at the figure's left edge, and break titles into lines that fit."""
    plots = [axes for axes in figure.axes if axes.get_title(loc="left")]
    width = figure.get_size_inches()[0]
    if len(plots) == 1 and figure.get_suptitle() == "":
        title = plots[0].get_title(loc="left")
        plots[0].set_title("", loc="left")
        figure.suptitle(title, x=0.01, ha="left", fontsize=12.5, fontweight="bold")
        plots = []
    whole = figure.get_suptitle()
    if whole:
        figure.suptitle(_broken(whole, width), x=0.01, ha="left", fontsize=12.5, fontweight="bold")
    for axes in plots:
        place = axes.get_subplotspec()
        share = place.get_position(figure).width if place else 1.0
        axes.set_title(_broken(axes.get_title(loc="left"), width * share), loc="left", fontsize=11.5)


def _broken(title: str, inches: float) -> str:
    lines = title.splitlines()
    return "\n".join(textwrap.fill(line, max(16, int(inches * LETTERS_AN_INCH))) for line in lines)
