import pytest
from jinja2 import UndefinedError

from reports.writers.templating import ENVIRONMENT, breakable


def test_what_is_not_ours_is_escaped() -> None:
    assert ENVIRONMENT.from_string("{{ it }}").render(it="<b>") == "&lt;b&gt;"


def test_a_misspelt_name_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="verdickt"):
        ENVIRONMENT.from_string("{{ verdickt }}").render()


def test_a_long_name_breaks_after_its_underscores() -> None:
    assert breakable("a_b<c") == "a_<wbr>b&lt;c"
