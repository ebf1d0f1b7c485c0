import socket

import pytest

from proxy import ports


def test_free_port_can_be_listened_on_and_is_never_given_twice() -> None:
    found = [ports.free_port() for _ in range(20)]

    assert len(set(found)) == 20
    assert all(ports.is_free(port) for port in found)


def test_free_port_lies_below_the_ports_of_outgoing_connections() -> None:
    assert ports.LOWEST <= ports.free_port() < ports.HIGHEST < 32768


def test_port_with_a_listener_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not ports.is_free(server.getsockname()[1])


def test_no_free_port_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "is_free", lambda port, host: False)

    with pytest.raises(RuntimeError, match="no free port among 200 tried from 15000 to 32000"):
        ports.free_port()


def test_server_on_loopback_is_dialled_from_there() -> None:
    assert ports.seen_from("localhost") == "127.0.0.1"
