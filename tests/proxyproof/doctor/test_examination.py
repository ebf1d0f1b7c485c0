import asyncio
import gzip
import ssl
from pathlib import Path

import pytest
import trustme

from proxyproof.doctor import Part, Wishes
from proxyproof.origin import Origin, Settings
from tests.proxyproof.doctor.stands import LONG, always, behind, head, looked_at, saying, told

LOGIN = "Location: https://id.example/application/o/authorize/?state=secret"
NAMED = Wishes(path_sse="/api/events", path_websocket="/api/ws")


async def test_a_good_way_is_all_right() -> None:
    async with behind() as url:
        diagnosis = await looked_at(url)

    assert (diagnosis.exit_code, diagnosis.seen) == (0, [Part.SSE, Part.WEBSOCKET])
    assert diagnosis.next_steps == []


@pytest.mark.parametrize(
    ("fault", "part", "check", "found"),
    [
        ("strips-upgrade", Part.WEBSOCKET, "answer", ("bad", "upgrade")),
        ("edge-blocks-upgrade", Part.WEBSOCKET, "answer", ("bad", "upgrade")),
        ("drops-pings", Part.WEBSOCKET, "ping", ("bad", "cut")),
        ("rewrites-content-type", Part.SSE, "answer", ("bad", "type")),
    ],
)
async def test_a_defect_on_the_way_is_found(
    fault: str, part: Part, check: str, found: tuple[str, str]
) -> None:
    async with behind(fault) as url:
        diagnosis = await looked_at(url, NAMED)

    assert told(diagnosis, part, check) == found
    assert diagnosis.exit_code == 1
    assert len(diagnosis.next_steps) >= 1


async def test_a_body_that_is_held_back_is_a_suspicion() -> None:
    async with behind("buffers-all") as url:
        diagnosis = await looked_at(url)

    assert told(diagnosis, Part.SSE, "first byte") == ("look", "buffered")
    assert diagnosis.exit_code == 0


async def test_a_compressed_stream_is_read_and_told() -> None:
    fields = ("Content-Type: text/event-stream", "Content-Encoding: gzip", "Connection: close")
    lines = "\r\n".join(["HTTP/1.1 200 OK", *fields, "", ""])
    body = gzip.compress(b"data: x\nid: 1\n\n")

    async def compresses(_: str, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(lines.encode() + body)
        await writer.drain()

    async with saying(compresses) as url:
        diagnosis = await looked_at(url, timeout=LONG)

    assert {one.symptom for one in diagnosis.of(Part.SSE)} == {"", "compressed", "cut"}
    assert any("1 event and 0 comments" in one.says for one in diagnosis.of(Part.SSE))


@pytest.mark.parametrize(
    ("answer", "wishes", "found", "exit_code"),
    [
        (head("401 Unauthorized"), Wishes(), ("unseen", "login"), 2),
        (head("302 Found", LOGIN), Wishes(), ("unseen", "login"), 2),
        (head("302 Found", LOGIN), Wishes(cookies=("a=b",)), ("bad", "session"), 1),
        (head("404 Not Found"), Wishes(), ("unseen", "path"), 2),
        (head("404 Not Found"), NAMED, ("bad", "path"), 1),
        (head("503 Service Unavailable"), Wishes(), ("bad", "upstream"), 1),
        ("no HTTP\r\n\r\n", Wishes(), ("bad", "upstream"), 1),
    ],
    ids=["401", "login", "session", "no path", "named path", "503", "no HTTP"],
)
async def test_both_streams_judge_a_refusal_alike(
    answer: str, wishes: Wishes, found: tuple[str, str], exit_code: int
) -> None:
    async with saying(always(answer)) as url:
        diagnosis = await looked_at(url, wishes, LONG)

    assert {told(diagnosis, part, "answer") for part in (Part.SSE, Part.WEBSOCKET)} == {found}
    assert diagnosis.exit_code == exit_code
    assert "secret" not in str(diagnosis)


async def test_a_page_in_the_place_of_streams_is_no_proof() -> None:
    page = head("200 OK", "Content-Type: text/html", body="<html>" + "x" * 5000)
    async with saying(always(page)) as url:
        diagnosis = await looked_at(url)

    assert told(diagnosis, Part.SSE, "answer") == ("unseen", "path")
    assert told(diagnosis, Part.WEBSOCKET, "answer") == ("look", "upgrade")
    assert diagnosis.exit_code == 2


async def test_the_second_place_is_looked_at_too() -> None:
    async with behind() as url:
        diagnosis = await looked_at(f"{url}/nothing/here")

    assert diagnosis.paths == {Part.SSE: "/api/events", Part.WEBSOCKET: "/api/ws"}
    assert diagnosis.exit_code == 0


async def test_nobody_at_the_port_is_not_judged() -> None:
    async with saying(always("")) as url:
        pass
    diagnosis = await looked_at(url)

    assert (diagnosis.exit_code, told(diagnosis, Part.WAY, "tcp")) == (2, ("unseen", "reach"))


async def test_a_name_without_an_address_is_not_judged() -> None:
    diagnosis = await looked_at("http://name.invalid")

    assert (diagnosis.exit_code, told(diagnosis, Part.WAY, "name")) == (2, ("unseen", "reach"))


async def test_who_never_answers_is_told_when_the_time_is_over() -> None:
    async def never(_: str, reader: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        await reader.read()

    async with saying(never) as url:
        diagnosis = await looked_at(url, timeout=1.0)

    assert diagnosis.seconds < 3
    assert told(diagnosis, Part.SSE, "answer") == ("bad", "buffered")
    assert told(diagnosis, Part.WEBSOCKET, "answer") == ("unseen", "")


async def test_no_tls_where_it_is_asked_for_is_told() -> None:
    async def plain(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head("400 Bad Request").encode())
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        diagnosis = await looked_at(f"https://127.0.0.1:{port}", timeout=LONG)

    assert (diagnosis.exit_code, told(diagnosis, Part.WAY, "tls")) == (1, ("bad", "reach"))


@pytest.mark.parametrize("trust", ["nobody", "the authority", "anybody"])
async def test_tls_is_judged_by_who_is_trusted(trust: str, tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    wishes, expected = {
        "nobody": (Wishes(), ("bad", "certificate")),
        "the authority": (Wishes(ca=str(tmp_path / "ca.pem")), ("ok", "")),
        "anybody": (Wishes(insecure=True), ("look", "")),
    }[trust]
    async with Origin(_tls(authority)) as origin:
        diagnosis = await looked_at(f"https://127.0.0.1:{origin.tls_port}", wishes)

    assert told(diagnosis, Part.WAY, "tls") == expected
    assert diagnosis.exit_code == (1 if trust == "nobody" else 0)


def _tls(authority: trustme.CA) -> Settings:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return Settings(tls=context, drain=0.2, close_timeout=0.2, heartbeat=0.2)
