import http.client
import re
import socket
import ssl
import struct
import threading
from collections.abc import Iterator, Mapping

import pytest
import trustme

from proxy.ports import free_port
from proxy.program import Ready
from proxy.ready import Patience, Probe, wait_until_ready
from tests.proxy.standin import StandIn, says

PATIENCE = Patience(start=0.2, interval=0.01)


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn(lambda head, connection: connection.sendall(says("404 Not Found"))) as server:
        yield server


def probe(port: int, *statuses: int) -> Probe:
    return Probe(Ready("/ping", frozenset(statuses)), port, None, False, 5.0)


def test_any_answer_will_do_when_no_status_is_asked_for(server: StandIn) -> None:
    assert probe(server.port).reason_to_wait() is None
    assert server.heads[0].line == "GET /ping HTTP/1.1"
    assert server.heads[0].value("host") == f"localhost:{server.port}"


def test_other_status_is_a_reason_to_wait(server: StandIn) -> None:
    assert probe(server.port, 200, 204).reason_to_wait() == "status 404"


def test_closed_port_is_a_reason_to_wait() -> None:
    reason = probe(free_port()).reason_to_wait()

    assert reason is not None
    assert reason.startswith("ConnectionRefusedError")


def test_reset_before_the_handshake_is_a_reason_to_wait_and_leaves_nothing_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        connect = http.client.HTTPConnection.connect

        def connect_and_be_reset(asking: http.client.HTTPConnection) -> None:
            connect(asking)
            connection, _ = server.accept()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()

        monkeypatch.setattr(http.client.HTTPConnection, "connect", connect_and_be_reset)
        asked = Probe(Ready(), server.getsockname()[1], None, True, 5.0)
        reason = asked.reason_to_wait()

    # An unclosed socket is a warning, which is an error here.
    assert reason is not None
    assert re.search(r"reset|not connected", reason)


def test_waiting_ends_when_the_program_has_ended() -> None:
    patience = Patience(start=60.0)

    assert wait_until_ready(probe(free_port()), lambda: True, patience) is not None


def test_waiting_ends_at_the_deadline() -> None:
    assert wait_until_ready(probe(free_port()), lambda: False, PATIENCE) is not None


def test_waiting_ends_with_the_answer(server: StandIn) -> None:
    assert wait_until_ready(probe(server.port), lambda: False, PATIENCE) is None


def tls_answer(server: socket.socket, context: ssl.SSLContext) -> None:
    connection, _ = server.accept()
    with context.wrap_socket(connection, server_side=True) as secure:
        if secure.recv(1024):
            secure.sendall(says("200 OK"))


def asked_over_tls(certificate: str, issued: trustme.LeafCert) -> str | None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued.configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=tls_answer, args=(server, context))
        thread.start()
        port = server.getsockname()[1]
        try:
            return Probe(Ready(), port, certificate or None, True, 5.0).reason_to_wait()
        finally:
            thread.join(5.0)


@pytest.fixture(scope="module")
def issued() -> trustme.LeafCert:
    return trustme.CA().issue_cert("localhost")


def test_server_with_our_certificate_is_ours(issued: trustme.LeafCert) -> None:
    ours = "".join(pem.bytes().decode() for pem in issued.cert_chain_pems)

    assert asked_over_tls(ours, issued) is None


def test_any_certificate_will_do_when_none_was_given(issued: trustme.LeafCert) -> None:
    assert asked_over_tls("", issued) is None


def test_server_with_another_certificate_is_a_stranger(
    issued: trustme.LeafCert, files: Mapping[str, str]
) -> None:
    reason = asked_over_tls(files["CERT"], issued)

    assert reason == "a server with another certificate: it is not of this run"
