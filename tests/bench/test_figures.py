import pytest

from tests.bench.figures import Spread, percentile, table


def test_a_spread_holds_the_middle_and_both_ends() -> None:
    spread = Spread.of([3.0, 1.0, 2000.0, 2.0])

    assert (spread.median, spread.low, spread.high, spread.count) == (2.5, 1.0, 2000.0, 4)
    assert spread.text(1) == "2.5 (1.0-2,000.0)"


@pytest.mark.parametrize(
    ("samples", "share", "expected"),
    [
        ([7.0], 0.9, 7.0),
        (list(range(1, 11)), 0.9, 9),
        (list(range(1, 11)), 1.0, 10),
        ([5.0, 1.0, 3.0], 0.5, 3.0),
        ([5.0, 1.0, 3.0], 0.0, 1.0),
    ],
)
def test_a_percentile_is_the_smallest_sample_that_the_share_does_not_exceed(
    samples: list[float], share: float, expected: float
) -> None:
    assert percentile(samples, share) == expected


def test_a_table_aligns_names_to_the_left_and_figures_to_the_right() -> None:
    lines = table(("name", "ms"), [("nginx", "7"), ("direct", "1,000")]).splitlines()

    assert lines == ["  name       ms", "  nginx       7", "  direct  1,000"]
