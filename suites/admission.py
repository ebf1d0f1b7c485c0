"""The vocabulary of promises about who is let in, and as whom."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from fixtures.refusal import Refusal
from fixtures.vocabulary import RequestHead
from proxy.model import Login

LET_IN: Mapping[str, int] = {"websocket": 101, "sse": 200, "get": 200}
REFUSALS = (302, 401, 403)  # to the login, or told plainly: whichever the deployment documents


def expect_let_in(answers: Mapping[str, int]) -> None:
    """The client was let in by each of the three ways to ask."""
    assert answers == LET_IN, f"expected to be let in, was answered {dict(answers)}"


def expect_kept_out(answers: Mapping[str, int]) -> None:
    """The client was refused each of the three ways to ask, by a decision and not by a failure."""
    assert answers.keys() == LET_IN.keys(), f"expected {list(LET_IN)}, asked {list(answers)}"
    expect_all_refused(answers)


def expect_all_refused(answers: Mapping[str, int], also: Sequence[int] = ()) -> None:
    """Each request was refused by a decision; `also` are further statuses that are one here."""
    assert answers, "nothing was asked, so nothing was refused"
    let_in = {
        asked: status for asked, status in answers.items() if status not in (*REFUSALS, *also)
    }
    assert not let_in, f"expected a refusal of each, was answered {let_in}"


def expect_each_its_own(heads: Sequence[RequestHead]) -> None:
    """Each request carries the cookie and the identity of the client that its query names."""
    assert heads, "no request arrived"
    for head in heads:
        [who] = head.parameters("who")
        cookies = [pair for pair in "; ".join(head.all("Cookie")).split("; ") if "who=" in pair]
        assert cookies == [f"who={who}"], f"{head.target} of {who} arrived with {cookies}"
        users = head.all("X-authentik-username")
        assert users in ([], [who]), f"{head.target} of {who} arrived as {users}"


def expect_refused_clearly(refusals: Mapping[str, Refusal], login: Login) -> None:
    """Each stream was refused in a way that its client understands, and says that a login is due.

    That is 401 or 403 without a Location; or the redirect to the login, where that is documented.
    """
    assert refusals, "nobody asked, so nobody was refused"
    unclear = {
        variant: (refusal.status, refusal.fields.get("location"))
        for variant, refusal in refusals.items()
        if not (_is_plain(refusal) or (login.leads_streams and _leads_to_login(refusal, login)))
    }
    assert not unclear, f"expected 401 or 403 and no Location, was answered {unclear}"


def _is_plain(refusal: Refusal) -> bool:
    return refusal.status in (401, 403) and "location" not in refusal.fields


def _leads_to_login(refusal: Refusal, login: Login) -> bool:
    target = urlsplit(refusal.fields.get("location", ""))
    return refusal.status == 302 and target.path == urlsplit(login.start).path
