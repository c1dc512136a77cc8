"""Mathematics in text cells: formulas become MathML, prices and code stay what they are."""

from __future__ import annotations

import pytest

from crowdwise.reporting.mathematics import markdown_to_html, to_mathml


def test_a_formula_in_a_line_and_one_of_its_own_become_mathml() -> None:
    shown = markdown_to_html("The mean $\\bar{x}$ is\n\n$$\n\\frac{1}{n} \\sum_i x_i\n$$\n")
    assert shown.count("<math ") == 2
    assert 'display="inline"' in shown
    assert 'display="block"' in shown
    assert "<mfrac>" in shown
    assert "$" not in shown


@pytest.mark.parametrize(
    "text", ["between $5 and $6", "US$5 or CA$6", "$5-$10", "a \\$5 note and a \\$6 one", "from $ 5 to 6 $", "`$x$`"]
)
def test_money_and_code_are_no_formulas(text: str) -> None:
    shown = markdown_to_html(text)
    assert "<math" not in shown
    assert shown.count("$") == text.count("$")


def test_what_stands_in_a_formula_is_text() -> None:
    shown = to_mathml("\\text{<script>alert(1)</script>} < 1")
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_a_formula_that_cannot_be_read_is_shown_as_it_was_written() -> None:
    assert to_mathml("\\left( <b>") == '<code class="formula">\\left( &lt;b&gt;</code>'
