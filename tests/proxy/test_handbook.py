from dataclasses import replace
from pathlib import Path

from proxy.definitions import definition
from proxy.handbook import PAGE, page, reasons
from proxy.model import ProxyDefinition


def configured(folder: Path, text: str) -> ProxyDefinition:
    template = folder / "x.conf.in"
    template.write_text(text)
    return replace(definition("nginx"), config=template)


def test_the_page_in_docs_is_current() -> None:
    assert PAGE.read_text() == page(), "run `python -m proxy.handbook --write`"


def test_reason_at_the_end_of_a_line_belongs_to_that_line(tmp_path: Path) -> None:
    each = configured(tmp_path, "gzip off;   # keeps events\nplain on;\n")

    assert reasons(each) == [("gzip off;", "keeps events")]


def test_reason_above_a_line_belongs_to_it(tmp_path: Path) -> None:
    each = configured(tmp_path, "# of the file\n\n# one\n# two\nmap x {\n")

    assert reasons(each) == [("map x {", "one two")]
