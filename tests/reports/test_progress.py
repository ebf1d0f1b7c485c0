from collections import Counter

from reports.model import Verdict
from reports.progress import LETTERS, Progress


def shown(*words: tuple[str, str], missing: int = 0) -> list[str]:
    written: list[str] = []
    sizes = Counter(deployment for _, deployment in words)
    progress = Progress(
        lambda text, **markup: written.append(text), lambda group: sizes[group[0]] + missing
    )
    for word, deployment in words:
        progress.add((deployment, "ordering"), word, 250.0)
    progress.close()
    return "".join(written).splitlines()[1:]


def test_a_line_has_a_letter_a_case_and_ends_with_its_counts() -> None:
    assert shown(("pass", "nginx"), ("fail", "nginx")) == [
        "nginx      ordering      .F  1 fail, 1 pass  0.5 s"
    ]


def test_lines_of_workers_do_not_mix() -> None:
    assert shown(("pass", "direct"), ("pass", "nginx"), ("fail", "direct")) == [
        "nginx      ordering      .  1 pass  0.2 s",
        "direct     ordering      .F  1 fail, 1 pass  0.5 s",
    ]


def test_what_never_became_complete_is_shown_at_the_end() -> None:
    assert shown(("pass", "nginx"), missing=1) == ["nginx      ordering      .  1 pass  0.2 s"]


def test_nothing_is_shown_of_nothing() -> None:
    assert shown() == []


def test_every_verdict_has_a_letter_of_its_own() -> None:
    verdicts = [LETTERS[verdict.value] for verdict in Verdict]

    assert len(set(verdicts)) == len(Verdict)
