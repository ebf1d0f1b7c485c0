import socket
import struct

import pytest

from proxyproof.wire.names import answer

NAMES = {"app": "172.31.255.2", "outpost.company": "172.31.255.3"}
A, AAAA = 1, 28


def question(name: str, kind: int) -> bytes:
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    head = struct.pack("!6H", 0xABCD, 0x0100, 1, 0, 0, 0)
    return head + labels + b"\0" + struct.pack("!HH", kind, 1)


@pytest.mark.parametrize(("name", "address"), [("app", 2), ("APP", 2), ("outpost.company", 3)])
def test_known_name_has_one_address(name: str, address: int) -> None:
    asked = question(name, A)

    said = answer(asked, NAMES)

    assert said is not None
    assert struct.unpack("!6H", said[:12]) == (0xABCD, 0x8180, 1, 1, 0, 0)
    assert said[12 : len(asked)] == asked[12:]
    assert said[-4:] == socket.inet_aton(f"172.31.255.{address}")


def test_known_name_has_no_address_of_another_kind_and_exists() -> None:
    said = answer(question("app", AAAA), NAMES)

    assert said is not None
    assert struct.unpack("!6H", said[:12])[1:4] == (0x8180, 1, 0)


def test_unknown_name_does_not_exist() -> None:
    said = answer(question("other", A), NAMES)

    assert said is not None
    assert struct.unpack("!6H", said[:12])[1:4] == (0x8183, 1, 0)


@pytest.mark.parametrize("length", [0, 11, 12, 14, 17, 19])
def test_what_is_no_question_has_no_answer(length: int) -> None:
    assert answer(question("app", A)[:length], NAMES) is None
