"""Show a figure in a notebook: vector, repeatable, with alt text, its source and the data behind it."""

from __future__ import annotations

import base64
import html
import io

import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import HTML, display
from matplotlib.figure import Figure


def show(figure: Figure, *, alt: str, source: str = "", data: pd.DataFrame | None = None, dense: bool = False) -> None:
    """Display a figure as an image of its own with alt text, and close it.

    Parameters
    ----------
    figure : Figure
        Its title says what it found, its axes have units.
    alt : str
        What a reader who can't see it needs to know: what is drawn, and the finding with its numbers.
    source : str, optional
        Which rows it was made from.
    data : DataFrame, optional
        The numbers behind it, to open below it (at most some hundred rows).
    dense : bool
        Whether it holds so many marks that a 2x PNG is smaller than vectors.
    """
    if not alt.strip():
        raise ValueError("a figure needs alt text")
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
    if data is not None:
        rows = data.to_html(index=False, border=0, float_format=lambda x: f"{x:.4g}")
        parts.append(f"<details><summary>The data behind this figure</summary>{rows}</details>")
    parts.append("</figure>")
    display(HTML("".join(parts)))
