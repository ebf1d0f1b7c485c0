"""Set up jinja2 for the HTML writers: all is escaped, and a misspelt name is an error."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports import answers
from reports.model import EXIT_MEANINGS, MEANINGS, Verdict

ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
ENVIRONMENT.globals.update(
    answers=answers, meanings=MEANINGS, exits=EXIT_MEANINGS, verdicts=list(Verdict)
)
