"""The third tab: what the visitor asked so far, to open again, to take away as a file, and to delete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from crowdwise.app.diary import Archive
from crowdwise.app.guard import busy, guarded
from crowdwise.app.history import PARTS, Line, data_uri, describe, list_entries, write_csv
from crowdwise.app.markup import count, empty, hint, notice, text

FILE = "crowdwise-history.csv"
STEP = 20  # submissions on screen; more when asked for
KEPT = (
    "What a running test has noted of this page loses what you asked and were shown. That somebody took part in it, in "
    "which form and when, stays: its arithmetic would be wrong without. Notes under a Steam id stay as they are."
)


class HistoryView:
    """Widgets of the history.

    Parameters
    ----------
    reopen : callable
        Called with the id of an entry that is to be shown again in its tab.
    forget : callable
        Deletes everything, and gives how many records that were.
    """

    def __init__(self, reopen: Callable[[str], None], forget: Callable[[], int]) -> None:
        self.diary: Archive | None = None
        self._reopen, self._forget, self._most = reopen, forget, STEP
        self.notice, self.about, self.link = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self.list = widgets.VBox([]).add_class("cw-history")
        self.more = widgets.Button(description="Show more")
        self.export = widgets.Button(description="Export as CSV")
        self.delete = widgets.Button(description="Delete my data…")
        self.question = widgets.HTML()
        self.sure = widgets.Button(description="Yes, delete it for good").add_class("cw-danger")
        self.keep = widgets.Button(description="No, keep it")
        self.confirm = widgets.VBox([self.question, widgets.Box([self.sure, self.keep]).add_class("cw-actions")])
        actions = widgets.Box([self.export, self.delete]).add_class("cw-actions")
        kept: Any = widgets.VBox([self.about, actions, self.link, self.confirm])
        self.widget = widgets.VBox([self.notice, self.list, self.more, kept.add_class("cw-panel")])
        for button, action in (
            *((self.more, self.show_more), (self.export, self.write), (self.delete, self.ask)),
            *((self.sure, self.forget), (self.keep, self.settle)),
        ):
            button.on_click(action)
        self._enable(False)
        self._close()
        self.list.children = [widgets.HTML(empty("Loading your history…", "This takes a second or two."))]

    def say(self, sentence: str) -> None:
        """Show a sentence above the list."""
        self.notice.value = notice(sentence, alarm=True)

    def ready(self, diary: Archive, about: str) -> None:
        """Take a diary, and the sentences on what is stored and for how long."""
        self.diary = diary
        self.about.value = f"<h2>What is stored</h2>{hint(about)}"
        self._enable(True)
        self.show()

    @guarded
    def show(self, _: Any = None) -> None:
        """Show what the diary holds now."""
        if self.diary is None:
            return
        entries = list_entries(self.diary)
        self._close()
        lines = [describe(entry) for entry in entries[: self._most]]
        self.list.children = [self._row(line) for line in lines] or [
            widgets.HTML(empty("Nothing yet", "What you ask in the other tabs is listed here, to be opened again."))
        ]
        self.more.layout.display = "" if len(entries) > len(lines) else "none"
        self.more.description = f"Show more ({len(entries) - len(lines):,})"

    @guarded
    def show_more(self, _: Any = None) -> None:
        """Show some more of the older ones."""
        self._most += STEP
        self.show()

    @guarded
    def write(self, _: Any = None) -> None:
        """Make the file, and a link to it."""
        if self.diary is None:
            return
        with busy(self.export):
            entries, reactions = list_entries(self.diary), self.diary.log()
            uri = data_uri(write_csv(entries, reactions))
            held = f"{count(len(entries), 'submission')}, {count(len(reactions), 'reaction')}"
            link = f'<a href="{uri}" download="{FILE}">Download {FILE}</a>'
            self.link.value = f'<p class="cw-download">{link} <span>({text(held)})</span></p>'

    @guarded
    def ask(self, _: Any = None) -> None:
        """Ask whether to delete."""
        self.question.value = f'<p role="alert"><b>Delete all that this page’s address opens?</b> {text(KEPT)}</p>'
        self.confirm.layout.display = ""

    @guarded
    def forget(self, _: Any = None) -> None:
        """Delete everything, and say what was deleted."""
        with busy(self.sure):
            removed = self._forget()
        self.show()
        done = f"Deleted: {count(removed, 'record')}. What still stands in the other tabs is not stored."
        self.notice.value = notice(done)

    @guarded
    def settle(self, _: Any = None) -> None:
        """Take the question away."""
        self._close()

    @guarded
    def reopen(self, entry_id: str) -> None:
        """Show a submission again in its tab."""
        self._reopen(entry_id)

    def _close(self) -> None:
        self.confirm.layout.display, self.link.value = "none", ""

    def _enable(self, on: bool) -> None:
        for control in (self.export, self.delete):
            control.disabled = not on

    def _row(self, line: Line) -> widgets.Widget:
        words = (
            f'<article><p class="cw-hint"><span class="cw-part">{text(PARTS[line.system])}</span> '
            f"<time>{text(line.when)}</time></p><p><b>{text(line.asked)}</b></p><p>{text(line.answered)}</p></article>"
        )
        again = widgets.Button(description="Open again", tooltip=f"Open again: {line.asked}, {line.when}")
        again.on_click(lambda _: self.reopen(line.entry_id))
        row: Any = widgets.Box([widgets.HTML(words), again])
        return row.add_class("cw-entry")
