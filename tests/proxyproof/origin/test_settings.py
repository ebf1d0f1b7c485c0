import pytest

from proxyproof.origin import Settings


def test_addresses_and_networks_can_be_trusted() -> None:
    networks = Settings(trusted_peers=("10.0.0.1", "10.0.0.1/8", "::1")).networks

    assert [str(network) for network in networks] == ["10.0.0.1/32", "10.0.0.0/8", "::1/128"]


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(ValueError, match="expected as address or network, got 'localhost'"):
        Settings(trusted_peers=("localhost",))


@pytest.mark.parametrize("name", ["heartbeat", "stall", "close_timeout", "queue_bytes", "page"])
def test_what_counts_down_is_above_zero(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} expected to be above 0, got 0"):
        Settings(**{name: 0})  # type: ignore[arg-type]
