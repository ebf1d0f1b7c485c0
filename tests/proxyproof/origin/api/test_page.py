import re

import pytest

from proxyproof.origin.api.static import FOLDER, PAGE_POLICY
from tests.proxyproof.origin.drive import http, serving

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
DOCUMENT = FOLDER / "page" / "index.html"


async def test_a_browser_is_given_the_page_and_may_load_from_its_own_origin_only() -> None:
    async with serving() as origin, http(origin) as client:
        answer = await client.get("/", headers=BROWSER)

    assert (answer.status_code, answer.content) == (200, DOCUMENT.read_bytes())
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"] == PAGE_POLICY
    assert answer.headers["Vary"] == "Accept"


@pytest.mark.parametrize("fields", [{"Accept": "*/*"}, {"Accept": "application/json"}])
async def test_other_clients_find_nothing_there(fields: dict[str, str]) -> None:
    async with serving() as origin, http(origin) as client:
        answer = await client.get("/", headers=fields)

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Vary"] == "Accept"


async def test_what_the_page_names_is_served_with_its_type() -> None:
    types = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
    named = set(re.findall(r'(?:href|src)="(static/[^"]+)"', DOCUMENT.read_text()))
    async with serving() as origin, http(origin) as client:
        found = {path: await client.get(f"/{path}") for path in named}

    assert {path.rpartition(".")[2] for path in named} == set(types)
    assert {
        path: (answer.status_code, answer.headers["Content-Type"]) for path, answer in found.items()
    } == {path: (200, f"{types[path.rpartition('.')[2]]}; charset=utf-8") for path in named}


def test_the_page_needs_no_leave_for_scripts_and_styles_of_its_own() -> None:
    document = DOCUMENT.read_text()

    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", document) == []
