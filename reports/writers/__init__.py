"""The documents: each writer is a pure function from a run to text. A new one is one line here."""

from collections.abc import Callable, Mapping

from reports.codec import to_json
from reports.kills import Matrix
from reports.model import Run
from reports.writers import html, junit, kills_html, kills_json, markdown

DOCUMENTS: Mapping[str, Callable[[Run], str]] = {
    "run.json": to_json,
    "junit.xml": junit.write,
    "report.md": markdown.write,
    "report.html": html.write,
}
KILL_DOCUMENTS: Mapping[str, Callable[[Matrix], str]] = {
    "kills.json": kills_json.write,
    "kills.html": kills_html.write,
}
