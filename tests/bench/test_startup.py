from tests.bench.startup import build, site


def test_the_start_of_a_proxy_and_of_the_outpost_beside_it_are_told_apart() -> None:
    with site("process") as (ground, launcher):
        whole = build(ground, "nginx")

    assert list(launcher.times) == ["outpost", "nginx"]
    assert 0 < sum(times[0] for times in launcher.times.values()) < whole
