"""Mathematics in text cells as MathML, which browsers draw by themselves: no script, no fonts, no network.

A dollar sign opens a formula only where it reads as one (Pandoc's rule): no space follows it, none stands before the
one that closes it, and no digit comes after that. So "$5 and $6" stays money.
"""

from __future__ import annotations

import html
from typing import Any, ClassVar
from xml.etree import ElementTree

from latex2mathml.converter import convert_to_element
from nbconvert.filters.markdown_mistune import (
    IPythonRenderer,
    MarkdownWithMath,
    MathBlockParser,
    MathInlineParser,
)

INLINE = r"(?<![$\\\w])\$(?=[^\s$])(?P<math_inline_tex>[^$\n]*?[^\s$\\])\$(?![\d$])"


class FormulaParser(MathInlineParser):
    """Finds formulas, and leaves prices alone."""

    SPECIFICATION: ClassVar[dict[str, str]] = {**MathInlineParser.SPECIFICATION, "inline_math_tex": INLINE}


class FormulaRenderer(IPythonRenderer):
    """Writes formulas as MathML."""

    def inline_math(self, body: str) -> str:
        """Give a formula inside a line."""
        return to_mathml(body)

    def block_math(self, body: str) -> str:
        """Give a formula on lines of its own."""
        return to_mathml(body, block=True)

    def latex_environment(self, name: str, body: str) -> str:
        """Give an environment, as in ``align``."""
        return to_mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", block=True)


def to_mathml(latex: str, *, block: bool = False) -> str:
    """Give a formula as MathML; one that can't be read is shown as it was written.

    Parameters
    ----------
    latex : str
        Without the dollar signs.
    block : bool
        Whether it stands on a line of its own.
    """
    try:
        formula = convert_to_element(" ".join(latex.split()), display="block" if block else "inline")
    except Exception:  # the converter raises what it happens to stumble over; the page must not fall with it
        return f'<code class="formula">{html.escape(latex)}</code>'
    for part in formula.iter():  # the converter writes signs as entities, and leaves what else it was given as it is
        part.text = html.unescape(part.text) if part.text else part.text
    return ElementTree.tostring(formula, encoding="unicode")


def markdown_to_html(source: str, **options: Any) -> str:
    """Give a text cell's Markdown as HTML, formulas as MathML.

    Parameters
    ----------
    source : str
    **options
        Of nbconvert's renderer.
    """
    renderer = FormulaRenderer(escape=False, **options)
    return str(MarkdownWithMath(renderer=renderer, inline=FormulaParser(), block=MathBlockParser()).render(source))
