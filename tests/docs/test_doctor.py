"""The guide to the doctor: its answers are given again, its options are those of the command."""

import re
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from proxyproof.doctor.__main__ import _parser
from proxyproof.doctor.showing import as_text
from tests.proxyproof.doctor.stands import always, behind, head, looked_at, saying

TEXT = (Path(__file__).parents[2] / "docs" / "doctor.md").read_text()
ANSWERS = re.findall(r"```text\n\$ [^\n]*\n(.*?)```", TEXT, re.DOTALL)
START = "Location: /outpost.goauthentik.io/start?rd=%2F"
LOGIN = head("302 Found", START, "Set-Cookie: authentik_proxy_0123abcd=x; Path=/")


def said(text: str) -> list[str]:
    """The words, without figures and without where a line was broken."""
    text = re.sub(r"127\.0\.0\.1:\d+", "HERE", text)
    text = re.sub(r"\d+ (event|comment|message|ping)s?\b", r"N \1", text)
    return re.sub(r"\d+(\.\d+)? (ms|s)\b", r"N \2", text).split()


@pytest.mark.parametrize(
    ("deployed", "answer"),
    [
        (behind(), ANSWERS[0]),
        (behind("strips-upgrade"), ANSWERS[1]),
        (saying(always(LOGIN)), ANSWERS[2]),
    ],
    ids=["good", "strips-upgrade", "login"],
)
async def test_an_answer_of_the_guide_is_given_again(
    deployed: AbstractAsyncContextManager[str], answer: str
) -> None:
    async with deployed as url:
        diagnosis = await looked_at(url, timeout=2.0)

    assert said(as_text(diagnosis)) == said(answer)


def test_every_option_is_in_the_guide() -> None:
    options = [name for action in _parser()._actions for name in action.option_strings]

    assert [one for one in options if one not in ("-h", "--help") and f"`{one}" not in TEXT] == []
