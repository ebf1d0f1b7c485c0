"""The vocabulary of promises about what a proxy asks its gate, and what it tells the origin."""

from collections.abc import Mapping, Sequence
from typing import Any

from fixtures.vocabulary import RequestHead

NONE = ("", "0")


def expect_bare_questions(questions: Sequence[Mapping[str, Any]], count: int) -> None:
    """So many questions were asked, each of them complete with its head, and of HTTP alone."""
    assert len(questions) == count, f"{count} questions expected, the gate had {len(questions)}"
    for question in questions:
        fields = {str(name).lower(): str(value) for name, value in question["fields"]}
        about = f"{question['method']} {question['target']}"
        assert "upgrade" not in fields, f"{about} asks to upgrade: {fields['upgrade']}"
        assert "upgrade" not in fields.get("connection", "").lower(), f"{about}: {fields}"
        assert "transfer-encoding" not in fields, f"{about} announces a body: {fields}"
        assert fields.get("content-length", "") in NONE, f"{about} announces a body: {fields}"
        assert question["body"] == 0, f"{about} has a body of {question['body']} bytes"


def expect_one_identity(heads: Sequence[RequestHead]) -> None:
    """Each request tells the same of who is there, in every field."""
    first, *others = [_identity_of(head) for head in heads]
    different = {
        head.target: set(told.items()) ^ set(first.items())
        for head, told in zip(heads[1:], others, strict=True)
        if told != first
    }
    assert not different, f"{heads[0].target} tells of {sorted(first)}; others differ: {different}"


def _identity_of(head: RequestHead) -> dict[str, str]:
    """What the origin is told of who is there, by field names in lower case."""
    return {
        name.lower(): value
        for name, value in head.fields
        if name.lower().startswith("x-authentik-")
    }
