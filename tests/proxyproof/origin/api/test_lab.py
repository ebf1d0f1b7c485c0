from tests.proxyproof.origin.drive import http, serving


async def test_the_page_has_no_script_and_asks_for_nothing() -> None:
    async with serving() as origin, http(origin) as client:
        page = await client.get("/api/lab/page")

    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "<script" not in page.text
    assert 'rel="icon" href="data:,"' in page.text  # else a browser asks for /favicon.ico


async def test_the_worker_is_one_that_a_browser_takes() -> None:
    async with serving() as origin, http(origin) as client:
        worker = await client.get("/api/lab/worker.js")

    assert worker.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "event.respondWith(fetch(event.request))" in worker.text
