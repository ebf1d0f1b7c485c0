"""Readiness: a program is ready when a real request is answered at its published address."""

import http.client
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass

from proxy.program import Ready


@dataclass(frozen=True)
class Patience:
    """How long the launcher waits; seconds.

    Attributes:
        start: from the start of a program to its first answer, a cold container included.
        answer: for one answer to one probe.
        interval: between two probes.
        stop: from the polite signal to the end, before the process group is killed.
    """

    start: float = 20.0
    answer: float = 5.0
    interval: float = 0.02
    stop: float = 5.0


class Closing(ssl.SSLSocket):
    """Closed with its last reference: `wrap_socket` leaves one open that was reset before it."""

    def __del__(self) -> None:
        """Close it."""
        self.close()


@dataclass(frozen=True)
class Probe:
    """One readiness question to 127.0.0.1; with TLS the certificate must be the one of this run.

    Attributes:
        authority: what the Host field says, and without its port the TLS handshake; empty:
            `localhost` and the port.
    """

    ready: Ready
    port: int
    certificate: str | None
    tls: bool
    timeout: float
    authority: str = ""

    def reason_to_wait(self) -> str | None:
        """Ask once; None: ready. Otherwise what was seen instead."""
        connection = self._connection()
        try:
            return self._ask(connection)
        except (OSError, http.client.HTTPException) as error:
            return f"{type(error).__name__}: {error}"
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)

    def _secure(self, connection: http.client.HTTPConnection) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.sslsocket_class = Closing
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # stricter: exactly our certificate, compared below
        # By hand: the library would dial the name that it asks for.
        name = (self.authority or "localhost").partition(":")[0]
        connection.sock = context.wrap_socket(connection.sock, server_hostname=name)

    def _ask(self, connection: http.client.HTTPConnection) -> str | None:
        connection.connect()
        if self.tls:
            self._secure(connection)
        if self.certificate is not None and not self._is_ours(connection.sock):
            return "a server with another certificate: it is not of this run"
        connection.request("GET", self.ready.path, headers={"Host": self._host})
        status = connection.getresponse().status
        if self.ready.statuses and status not in self.ready.statuses:
            return f"status {status}"
        return None

    @property
    def _host(self) -> str:
        return self.authority or f"localhost:{self.port}"

    def _is_ours(self, sock: object) -> bool:
        # It was made for this run: a server that an older run left on this port has another one.
        assert isinstance(sock, ssl.SSLSocket)
        assert self.certificate is not None
        return sock.getpeercert(binary_form=True) == ssl.PEM_cert_to_DER_cert(
            _first_certificate(self.certificate)
        )


def _first_certificate(pem: str) -> str:
    end = "-----END CERTIFICATE-----"
    return pem[: pem.index(end) + len(end)] + "\n"


def wait_until_ready(probe: Probe, has_ended: Callable[[], bool], patience: Patience) -> str | None:
    """Ask until the answer is right; None: ready, otherwise the last reason to wait."""
    deadline = time.monotonic() + patience.start
    while (reason := probe.reason_to_wait()) is not None:
        if has_ended() or time.monotonic() > deadline:
            return reason
        time.sleep(patience.interval)
    return "an answer, but of another server: the program has ended" if has_ended() else None
