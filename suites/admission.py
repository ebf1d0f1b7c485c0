"""The vocabulary of promises about who is let in, and as whom."""

from collections.abc import Mapping, Sequence

from fixtures.vocabulary import RequestHead

LET_IN: Mapping[str, int] = {"websocket": 101, "sse": 200, "get": 200}
REFUSALS = (302, 401, 403)  # to the login, or told plainly: whichever the deployment documents


def expect_let_in(answers: Mapping[str, int]) -> None:
    """The client was let in by each of the three ways to ask."""
    assert answers == LET_IN, f"expected to be let in, was answered {dict(answers)}"


def expect_kept_out(answers: Mapping[str, int]) -> None:
    """The client was refused each of the three ways to ask, by a decision and not by a failure."""
    let_in = {way: status for way, status in answers.items() if status not in REFUSALS}
    assert not let_in, f"expected a refusal of each, was answered {let_in}"


def expect_each_its_own(heads: Sequence[RequestHead]) -> None:
    """Each request carries the cookie and the identity of the client that its query names."""
    for head in heads:
        [who] = head.parameters("who")
        cookies = [pair for pair in "; ".join(head.all("Cookie")).split("; ") if "who=" in pair]
        assert cookies == [f"who={who}"], f"{head.target} of {who} arrived with {cookies}"
        users = head.all("X-authentik-username")
        assert users in ([], [who]), f"{head.target} of {who} arrived as {users}"
