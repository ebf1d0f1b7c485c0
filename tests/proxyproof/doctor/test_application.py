from pathlib import Path

import pytest

from proxyproof.doctor.application import Application, Wishes

BASE = "https://events.example.com"


@pytest.mark.parametrize(
    ("path", "sse", "websocket"),
    [
        ("", ["/api/events"], ["/api/ws"]),
        ("/", ["/api/events"], ["/api/ws"]),
        ("/a/api/events?b=1", ["/a/api/events?b=1", "/a/api/events"], ["/a/api/ws"]),
        ("/api/ws", ["/api/events"], ["/api/ws"]),
        ("/s", ["/s", "/api/events", "/s/api/events"], ["/api/ws", "/s/api/ws"]),
    ],
    ids=["base", "root", "an event stream", "a websocket", "elsewhere"],
)
def test_streams_are_looked_for_where_they_may_be(
    path: str, sse: list[str], websocket: list[str]
) -> None:
    app = Application.of(BASE + path)

    assert (list(app.sse), list(app.websocket)) == (sse, websocket)


def test_a_url_of_a_websocket_leads_to_one() -> None:
    app = Application.of("wss://events.example.com/s")

    assert app.websocket == ("/s", "/api/ws", "/s/api/ws")
    assert app.sse == ("/api/events", "/s/api/events")


def test_a_named_path_is_the_only_one() -> None:
    app = Application.of(f"{BASE}/live", Wishes(path_sse="/a", path_websocket="/b"))

    assert (*app.sse, *app.websocket) == ("/a", "/b")
    assert app.named == {"sse", "websocket"}


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://a.example", "a.example"),
        ("http://a.example:8080/x", "a.example:8080"),
        ("ws://[::1]:81", "[::1]:81"),
        ("https://bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_the_host_is_named_as_in_the_url(url: str, authority: str) -> None:
    assert Application.of(url).authority == authority


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("events.example.com", "https://"),
        ("ftp://events.example.com", "https://"),
        ("https://", "https://"),
        ("https://a b", "spaces"),
        ("https://a\r\nX: y", "control"),
        ("https://alice:secret@a.example", "--header"),
        ("https://a.example:0", "port 0"),
        ("https://a.example:99999", "ort"),
        ("https://[::1", "IPv6"),
        (f"https://{'ü' * 99}.example", "no host"),
    ],
)
def test_what_is_no_url_is_refused(url: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Application.of(url)


@pytest.mark.parametrize(
    ("wishes", "says"),
    [
        (Wishes(cookies=("session",)), "NAME=VALUE"),
        (Wishes(cookies=("a=\r\nX: y",)), "--cookie a"),
        (Wishes(headers=(("no name", "x"),)), "no name"),
        (Wishes(headers=(("A", "x\ny"),)), "--header A"),
        (Wishes(path_sse="events"), "--path-sse"),
        (Wishes(path_websocket="/a b"), "--path-ws"),
        (Wishes(ca="/nowhere.pem"), "no certificates there"),
    ],
)
def test_wishes_that_cannot_be_met_are_refused(wishes: Wishes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Application.of(BASE, wishes)


def test_a_refused_cookie_is_not_shown() -> None:
    with pytest.raises(ValueError, match="--cookie a") as refused:
        Application.of(BASE, Wishes(cookies=("a=secret\t",)))

    assert "secret" not in str(refused.value)


def test_every_request_carries_the_session() -> None:
    app = Application.of(BASE, Wishes(cookies=("a=1", "b=2"), headers=(("X-A", "b"),)))

    assert app.fields == (("Cookie", "a=1; b=2"), ("X-A", "b"))


def test_a_file_without_certificates_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")

    with pytest.raises(ValueError, match="no certificates there"):
        Application.of(BASE, Wishes(ca=str(tmp_path / "ca.pem")))
