from reports.model import Verdict
from reports.progress import LETTERS, Progress
from tests.reports.sample import result


def shown(*words: tuple[str, str]) -> str:
    written: list[str] = []
    progress = Progress(lambda text, **markup: written.append(text))
    for word, proxy in words:
        progress.add(word, result(Verdict.PASS, proxy=proxy))
    progress.close()
    progress.close()
    return "".join(written)


def test_a_line_grows_by_a_letter_a_case() -> None:
    assert shown(("pass", "nginx"), ("fail", "nginx")) == (
        "\nnginx      ordering      .F  1 fail, 1 pass  0.0 s"
    )


def test_another_proxy_begins_another_line() -> None:
    assert shown(("pass", "direct"), ("pass", "nginx")).splitlines()[1:] == [
        "direct     ordering      .  1 pass  0.0 s",
        "nginx      ordering      .  1 pass  0.0 s",
    ]


def test_a_case_without_a_proxy_says_so() -> None:
    assert shown(("killed", "")).startswith("\nno proxy   ordering      x")


def test_nothing_is_shown_of_nothing() -> None:
    assert shown() == ""


def test_every_verdict_has_a_letter_of_its_own() -> None:
    assert {verdict.value for verdict in Verdict} <= set(LETTERS)
    assert len(set(LETTERS.values())) == len(LETTERS)
