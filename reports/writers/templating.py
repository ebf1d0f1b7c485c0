"""Set up jinja2 for the HTML writers: all is escaped, and a misspelt name is an error."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from reports import answers, margins
from reports.model import EXIT_MEANINGS, MEANINGS, Verdict

ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def breakable(name: str) -> Markup:
    """A name that may be broken after each underscore, where a line is too short for it."""
    return escape(name).replace("_", Markup("_<wbr>"))


ENVIRONMENT.filters["breakable"] = breakable
ENVIRONMENT.globals.update(
    answers=answers,
    margins=margins,
    meanings=MEANINGS,
    exits=EXIT_MEANINGS,
    verdicts=list(Verdict),
)
