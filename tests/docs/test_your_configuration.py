"""The guide for a user's own configuration says what there is."""

import re
from pathlib import Path

from fixtures.yours import OPTIONS
from proxy.definitions import definitions

TEXT = (Path(__file__).parents[2] / "docs" / "your-configuration.md").read_text()


def test_every_option_is_in_the_guide() -> None:
    assert [option for option in (*OPTIONS, "--image") if f"`{option} " not in TEXT] == []


def test_every_product_that_takes_a_configuration_is_in_the_guide() -> None:
    rows = dict(re.findall(r"^\| (\w+) \| `(/\S+)` \|", TEXT, re.MULTILINE))
    able = {name: each.own.folder for name, each in definitions().items() if each.own}

    assert rows == able
