import re
from html.parser import HTMLParser

import pytest

from reports.evidence import Evidence, Mark
from reports.model import Run, Verdict
from reports.writers import html
from tests.reports.sample import FULL, result, run

VOID = {"meta", "input", "br", "path", "circle", "line", "use", "wbr"}


class Page(HTMLParser):
    """Tags, ids and links of a page; refuses tags that do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.sources: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if known.get("id"):
            self.ids.append(str(known["id"]))
        if tag == "a":
            self.links.append(str(known["href"]))
        self.sources += [str(known[name]) for name in ("src", "data", "action") if name in known]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def text() -> str:
    return html.write(FULL)


@pytest.mark.parametrize("stored", [FULL, run(code=2)], ids=["full", "empty"])
def test_the_tags_nest(stored: Run) -> None:
    assert Page(html.write(stored)).open == []


def test_the_same_run_gives_the_same_bytes(text: str) -> None:
    assert html.write(FULL) == text


def test_nothing_is_fetched_from_anywhere(text: str) -> None:
    page = Page(text)

    assert page.sources == []
    assert all(link.startswith("#") for link in page.links)
    assert not re.search(r"@import|url\((?!#)|https?:|<link", text)


def test_every_link_leads_somewhere_and_every_id_is_one(text: str) -> None:
    page = Page(text)

    assert {link[1:] for link in page.links} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_what_is_not_ours_is_escaped(text: str) -> None:
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "&lt;b&gt;not markup&lt;/b&gt;" in text


def test_the_answer_comes_first(text: str) -> None:
    body = text.partition("<main>")[2]

    assert body.index("The harness itself is at fault") < body.index("What was run")
    assert body.index("does not survive nginx") < body.index("What was run")


def test_versions_and_command_are_there(text: str) -> None:
    for said in ("nginx/1.31.3", "sha256:4f1c", "aiohttp", "tox -e proxy -- --runtime process"):
        assert said in text


def test_every_result_has_a_panel(text: str) -> None:
    assert text.count('<section class="panel') == len(FULL.cases)


def test_a_panel_tells_all_of_a_failure(text: str) -> None:
    panel = text.partition('id="case_fail.nginx.sse.4096"')[2].partition("</section>")[0]

    for said in (
        "Events arrive in order.",
        "applications replay them",
        "BUF-01",
        "12.5 ms",
        "reorders",
        "never-built",
        "tox -e proxy -- --proxy nginx",
        "1 changed, 1 dropped, 1 added",
        "5 events, 1 never received",
        "connection cut",
        "nginx: ready",
        "margin 0.1",
        "typical wait</dt><dd>70.0 of 35 ms (200%)",
        "Not kept: 12 events",
    ):
        assert said in panel


def test_what_came_nearest_to_a_limit_is_told(text: str) -> None:
    nearest = text.partition("How near to their limits")[2].partition("</ul>")[0]

    assert "typical wait: 12.3 of 35 ms (35%)" in nearest
    assert "case_fail" not in nearest


def test_nothing_measured_is_nothing_told() -> None:
    assert "How near" not in html.write(run(result(Verdict.PASS)))


def test_a_declared_deviation_is_explained(text: str) -> None:
    assert "it forwards its own cookie (contract 4.2)" in text


def test_a_verdict_is_never_told_by_colour_alone(text: str) -> None:
    chips = re.findall(r'<a class="chip (\w+)".*?</a>', text)

    assert len(chips) == len(FULL.cases)
    for verdict in chips:
        assert f'<span class="vh"> {verdict} ' in text


def test_every_verdict_is_explained(text: str) -> None:
    legend = text.partition("What the verdicts mean")[2]

    assert all(f'class="badge {verdict}"' in legend for verdict in Verdict)


def test_results_that_differ_in_nothing_keep_apart() -> None:
    twice = run(result(Verdict.PASS), result(Verdict.PASS))

    assert {"case_pass.nginx.sse", "case_pass.nginx.sse.2"} <= set(Page(html.write(twice)).ids)


def test_a_case_that_did_not_run_behind_a_proxy_leaves_its_cell_empty() -> None:
    page = html.write(run(result(Verdict.PASS)))

    assert 'title="not run"' in page


def test_an_empty_run_says_so() -> None:
    assert "No case ran." in html.write(run(code=2))


def test_what_happened_is_told_where_there_is_no_event_to_draw() -> None:
    quiet = result(Verdict.PASS, evidence=Evidence(marks=(Mark(6.0, "connection cut"),)))

    page = html.write(run(quiet))

    assert "<h3>What happened</h3>" in page
    assert "connection cut" in page
