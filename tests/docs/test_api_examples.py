import json
import re

import pytest

from proxyproof.events import EVENT_TYPES
from proxyproof.origin import Settings
from proxyproof.origin.app import make_app
from proxyproof.origin.application.loops import ACTS
from proxyproof.origin.core import Core
from proxyproof.origin.parts import Parts
from tests.docs.transcript import PAGE, Page, documented_origin, examples
from tests.proxyproof.origin.drive import http, serving, websocket

TEXT = PAGE.read_text()


async def test_every_example_happens_as_it_stands() -> None:
    async with documented_origin() as origin:
        page = Page(origin)
        for example in examples():
            try:
                await page.replay(example)
            except Exception as error:
                error.add_note(f"example at line {example.line} of {PAGE.name}")
                raise


ROWS = re.findall(r"^\| `([^`]+)` \| `(\{.*\})` \|$", TEXT, re.MULTILINE)


def test_every_event_type_has_an_example() -> None:
    assert {json.loads(event)["type"] for _, event in ROWS} == EVENT_TYPES
    assert len(ROWS) == len(EVENT_TYPES)


@pytest.mark.parametrize(("act", "event"), ROWS)
async def test_each_act_emits_the_event_beside_it(act: str, event: str) -> None:
    expected = json.loads(event)
    fields = {name: value for name, value in expected.items() if name != "type"}
    async with serving() as origin, http(origin) as client, websocket(origin) as ws:
        await ws.next()
        path = "/api/loops/a" if act in ACTS else act.partition(" ")[2].replace("{id}", "a")
        if path != "/api/loops":
            origin.loops.create("a")
            await ws.next()
        method = "DELETE" if act.startswith("DELETE") else "POST"
        await client.request(method, f"{path}/{act}" if act in ACTS else path, json=fields)
        emitted = await ws.next()

        loop_id = emitted.get("loopId")
        own = {"id", "timestamp", "loopId"}
        assert {name: value for name, value in emitted.items() if name not in own} == expected
        assert (loop_id is None) == expected["type"].startswith("server.")


def test_every_endpoint_is_on_the_page() -> None:
    app = make_app(Core(Settings(), Parts()), set())
    paths = {
        re.sub(r"\{\w+\}", "{}", route.resource.canonical)
        for route in app.router.routes()
        if route.resource
    }
    reference = TEXT.partition("## Quick reference")[2].partition("\n## ")[0]
    named = re.findall(r"^\| `(?:WS|GET|POST|DELETE) (/\S*)` \|", reference, re.MULTILINE)

    assert {re.sub(r"\{\w+\}", "{}", path) for path in named} == paths


def test_every_close_code_has_an_example() -> None:
    listed = set(
        re.findall(
            r"\b(?:1\d{3}|4\d{3})\b",
            "".join(row.split("|")[1] for row in re.findall(r"^\| \d{4}.*$", TEXT, re.MULTILINE)),
        )
    )
    shown = set(re.findall(r"^< close (\d+)", TEXT, re.MULTILINE))

    assert listed - shown == {"1002", "1007"}  # a client that follows the protocol never sees them
