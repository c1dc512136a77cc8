"""What a notebook's run imports, and when: seconds of every notebook that nobody sees the use of."""

from __future__ import annotations

import subprocess
import sys

import pytest

UNUSED = ("rfc3987_syntax", "lark", "boto3", "pandas", "matplotlib", "IPython")
LATER = ("papermill", "nbclient", "nbconvert", "bs4")


def imported(program: str) -> set[str]:
    asked = f"import sys\n{program}\nprint(*(name for name, module in sys.modules.items() if module))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_a_kernel_starts_before_what_runs_cells_and_makes_pages_is_imported() -> None:
    found = imported("import crowdwise.reporting.run")
    assert "jupyter_client" in found
    assert found.isdisjoint({*UNUSED, *LATER})


def test_a_run_never_imports_what_it_has_no_use_for() -> None:
    found = imported("from crowdwise.reporting import run, execution, page\npage.prepare()")
    assert found >= set(LATER)
    assert found.isdisjoint(UNUSED)


@pytest.mark.parametrize("module", ["cards", "history", "index", "prepare", "status"])
def test_commands_around_the_notebooks_compile_no_grammar(module: str) -> None:
    assert imported(f"import crowdwise.reporting.{module}").isdisjoint({"rfc3987_syntax", "lark"})
