"""Examples for whatever a client may send, and how the answer to them is read.

Examples are drawn without chance (`derandomize`): what was seen once is seen by everybody.
"""

from contextlib import suppress

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from proxyproof.wire.frames import Frame, Opcode
from proxyproof.wire.raw import raw_connection

DEADLINE = 5.0
fuzz = settings(
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)

pieces = st.sampled_from([b"GET ", b"/api/ws", b" HTTP/1.1", b"\r\n", b"Host: a", b":", b"\0"])
seldom = st.sampled_from([False, False, False, True])
any_bytes = st.lists(pieces | st.binary(max_size=6), max_size=12).map(
    lambda parts: b"".join(parts) + b"\r\n\r\n"
)


def frames(
    opcodes: SearchStrategy[Opcode],
    payloads: SearchStrategy[bytes],
    masked: SearchStrategy[bool],
) -> SearchStrategy[bytes]:
    """Encoded frames of a WebSocket: most of them whole, and few with a reserved bit."""
    return st.builds(
        lambda opcode, data, fin, rsv, masked: Frame(opcode, data, fin, rsv).encode(masked=masked),
        opcodes,
        payloads,
        st.booleans() | st.just(True),
        seldom,
        masked,
    )


async def status_of(port: int, raw: bytes) -> int | None:
    """The status of the answer; None if the connection ends without one."""
    async with raw_connection("127.0.0.1", port, deadline=DEADLINE) as connection:
        await connection.send(raw)
        connection.finish()
        try:
            with suppress(EOFError, ConnectionError):
                head = await connection.read_head()
                while head.status == 100:
                    head = await connection.read_head()
                return head.status
            return None
        finally:
            connection.drop()
