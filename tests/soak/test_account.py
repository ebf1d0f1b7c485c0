import pytest

from proxyproof.client.message import StreamEvent
from tests.soak.account import AT_MOST, Account

DUE = ["e-1", "e-2", "e-3", "e-4"]


def account_of(*arrived: str) -> Account:
    account = Account("sse", DUE)
    for event_id in arrived:
        account.take(StreamEvent(event_id, "loop.log", {}, "", 0.0))
    return account


@pytest.mark.parametrize(
    ("arrived", "told"),
    [
        (["e-2", "e-3", "e-4"], []),
        (["e-2", "", "e-3", "e-4"], []),
        (["e-2", "e-4"], ["sse: 1 events lost, the first is e-3"]),
        (["e-2"], ["sse: 2 events lost, the first is e-3"]),
        ([], ["sse: 3 events lost, the first is e-2"]),
        (["e-2", "e-2", "e-3", "e-4"], ["sse: e-2 came again"]),
        (["e-1", "e-2", "e-3", "e-4"], ["sse: e-1 came again"]),
        (["e-2", "e-4", "e-3"], ["sse: e-3 is out of order: later ones came before it"]),
        (["e-2", "e-3", "x-1", "e-4"], ["sse: x-1 belongs to somebody else"]),
        (["e-2", "e-3", "e-4", "e-4"], ["sse: e-4 came again"]),
    ],
)
def test_an_account_tells_what_is_lost_repeated_and_out_of_order(
    arrived: list[str], told: list[str]
) -> None:
    assert account_of(*arrived).faults() == told


def test_a_gap_that_is_announced_is_a_loss() -> None:
    account = account_of("e-2", "e-3", "e-4")

    account.take(StreamEvent("", "gap", {"reason": "too-old"}, '{"reason":"too-old"}', 0.0))

    assert account.faults() == ['sse: a gap was announced: {"reason":"too-old"}']


def test_many_faults_are_told_in_few_lines() -> None:
    told = account_of(*["e-2"] * 100).faults()

    assert len(told) == AT_MOST + 1
    assert told[-1] == "sse: 80 more of the like"
