import json

from proxyproof.doctor.advice import ADVICE, ANY, next_steps
from proxyproof.doctor.findings import Diagnosis, Guess, Level, Part
from proxyproof.doctor.showing import WIDTH, as_json, as_text


def broken() -> Diagnosis:
    diagnosis = Diagnosis("https://a.example", {Part.SSE: "/api/events"})
    diagnosis.add(Part.WAY, "page", Level.OK, "200 " + "text/html " * 20)
    diagnosis.add(Part.SSE, "silence", Level.LOOK, "long", "silence")
    diagnosis.add(Part.SSE, "answer", Level.BAD, "nothing \x1b[31mred", "buffered")
    diagnosis.guesses.append(Guess("nginx", ("server: nginx",)))
    diagnosis.next_steps += next_steps(diagnosis)
    return diagnosis


def opened(*parts: Part) -> Diagnosis:
    diagnosis = Diagnosis("https://a.example")
    for part in parts:
        diagnosis.add(part, "answer", Level.OK, "open")
    return diagnosis


def test_the_text_fits_and_commands_no_terminal() -> None:
    lines = as_text(broken()).splitlines()

    assert [line for line in lines if len(line) > WIDTH or not line.isprintable()] == []


def test_colour_is_asked_for() -> None:
    assert "\x1b[31mBAD  \x1b[0m" in as_text(broken(), colour=True)
    assert "\x1b" not in as_text(broken())


def test_the_answer_is_one_sentence() -> None:
    both = opened(Part.SSE, Part.WEBSOCKET)
    both.add(Part.SSE, "silence", Level.LOOK, "long")

    assert as_text(broken()).splitlines()[-1] == "Broken: one thing is wrong."
    assert "none" not in as_text(both).splitlines()[-1]
    assert as_text(both).splitlines()[-1].endswith("websocket, yet look at the above.")
    assert as_text(opened(Part.SSE)).endswith("the websocket was not seen.\n")
    assert as_text(opened()).splitlines()[-1].startswith("Not judged")


def test_the_json_says_the_same() -> None:
    document = json.loads(as_json(broken()))

    assert (document["exit"], document["paths"]) == (1, {"event stream": "/api/events"})
    assert document["findings"][2]["symptom"] == "buffered"
    assert document["guesses"][0]["strength"] == "possibly"
    assert len(document["next"]) == 2


def test_advice_is_that_of_the_product_and_begins_with_what_is_wrong() -> None:
    first, second = next_steps(broken())

    assert first.startswith("nginx: proxy_buffering off;")
    assert second == ADVICE["silence"][ANY]


def test_every_symptom_has_advice_for_a_product_that_is_not_known() -> None:
    assert [symptom for symptom, table in ADVICE.items() if ANY not in table] == []
