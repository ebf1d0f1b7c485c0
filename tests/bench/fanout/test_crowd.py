import pytest

from proxyproof.origin.stream.frames import TEXT, frame
from tests.bench.fanout.contenders import CONTENDERS, YARDSTICK, Contender
from tests.bench.fanout.crowd import Round, Stream
from tests.bench.fanout.measure import comparison
from tests.bench.fanout.wire import WebSocketWire
from tests.bench.trouble import BenchError

CLIENTS = 10


@pytest.mark.parametrize("contender", CONTENDERS, ids=lambda each: each.name)
def test_every_client_gets_every_message_of_a_round(contender: Contender) -> None:
    with contender.crowd() as crowd:
        crowd.connect(CLIENTS)
        rounds = [crowd.round(1, 0.02), crowd.round(8, 0.02)]
        stream = crowd.stream

    assert sum(each.deliveries for each in rounds) == stream.documents * CLIENTS > 0
    assert 240 <= stream.size / stream.documents <= 260


def test_the_messages_of_all_servers_are_of_one_size() -> None:
    sizes = []
    for contender in CONTENDERS:
        with contender.crowd() as crowd:
            crowd.connect(1)
            crowd.round(8, 0.0)
            sizes.append(crowd.stream.size)

    assert len(set(sizes)) == 1


def test_a_client_that_gets_other_bytes_than_the_rest_is_noticed() -> None:
    with YARDSTICK.crowd() as crowd:
        crowd.connect(2)
        crowd.stream.bytes += b"what the others got"

        with pytest.raises(BenchError, match="other bytes to one client than to another"):
            crowd.round(1, 0.02)


@pytest.mark.parametrize("sequence", [2, 3])
def test_a_message_out_of_order_or_too_much_is_noticed(sequence: int) -> None:
    stream = Stream(WebSocketWire("/"))
    stream.aim(1)
    if sequence == 2:
        stream.grow(_event(1))

    with pytest.raises(BenchError, match=f"got {sequence}"):
        stream.grow(_event(sequence))


def test_a_server_that_does_not_start_is_told() -> None:
    with (
        pytest.raises(BenchError, match="the nothing server ended before it listened"),
        Contender("nothing", "nothing", WebSocketWire("/")).crowd(),
    ):
        pass


def test_ratios_compare_rounds_that_were_measured_one_after_the_other() -> None:
    _, origin, _ = CONTENDERS
    rounds = {
        (1, YARDSTICK): [Round(1000, 1.0, 0.010, 0.5), Round(1000, 2.0, 0.020, 0.5)],
        (1, origin): [Round(3000, 1.0, 0.015, 0.5), Round(1500, 1.0, 0.015, 0.5)],
    }

    row = comparison(rounds).splitlines()[2].split()

    # 3 times the rate in both rounds, although the second had a slower machine.
    assert row[3:5] == ["2", "(2-3)"]
    assert row[5:9] == ["3.00", ">=", "1", "met"]
    assert row[9:] == ["7.50", "(5.00-10.00)", "2.00", "50%"]


def _event(sequence: int) -> bytes:
    return frame(TEXT, b'{"id":"be9c4a01-%d"}' % sequence)
