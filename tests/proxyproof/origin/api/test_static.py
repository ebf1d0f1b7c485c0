from typing import Any

import pytest

from proxyproof.origin.api.static import FOLDER, PAGE_POLICY, File
from tests.proxyproof.origin.drive import http, serving


async def test_the_client_is_served_as_javascript_that_is_asked_about_each_time() -> None:
    async with serving() as origin, http(origin) as client:
        answer = await client.get("/static/client.js")

    assert answer.status_code == 200
    assert answer.content == (FOLDER / "client.js").read_bytes()
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_client_that_has_the_file_is_told_so() -> None:
    async with serving() as origin, http(origin) as client:
        tag = (await client.get("/static/client.js")).headers["ETag"]
        again = await client.get("/static/client.js", headers={"If-None-Match": f'"x", {tag}'})
        other = await client.get("/static/client.js", headers={"If-None-Match": '"x"'})

    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert other.status_code == 200


@pytest.mark.parametrize("path", ["none.js", "transports", "../server.py", "%2e%2e/server.py", "x"])
async def test_nothing_else_is_served(path: str) -> None:
    async with serving() as origin, http(origin) as client:
        answer = await client.get(f"/static/{path}")

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["faults/index.js", "assembly-by-query.js", "faults/faults.json"])
async def test_a_good_origin_has_no_faults_for_pages(path: str) -> None:
    async with serving() as origin, http(origin) as client:
        answer = await client.get(f"/static/{path}")

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("settings", "file"),
    [({}, "assembly.js"), ({"page_faults": True}, "assembly-by-query.js")],
)
async def test_the_parts_are_chosen_by_query_only_where_that_was_asked_for(
    settings: dict[str, Any], file: str
) -> None:
    async with serving(**settings) as origin, http(origin) as client:
        assembly = await client.get("/static/assembly.js")
        faults = await client.get("/static/faults/index.js")

    assert assembly.content == (FOLDER / file).read_bytes()
    assert (faults.status_code == 200) is bool(settings)


def test_a_page_may_load_and_reach_its_own_origin_only() -> None:
    page = File(b"", "text/html").fields()
    script = File(b"", "text/javascript").fields()

    assert page["Content-Security-Policy"] == PAGE_POLICY
    assert "Content-Security-Policy" not in script
