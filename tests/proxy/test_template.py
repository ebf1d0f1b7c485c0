import pytest

from proxy.errors import TemplateError
from proxy.template import placeholders, render


def test_every_placeholder_is_filled() -> None:
    rendered = render(
        "listen @LISTEN@; @LISTEN@ @A_1@", {"LISTEN": "x:1", "A_1": "$y"}, "n.conf.in"
    )

    assert rendered == "listen x:1; x:1 $y"


def test_what_is_no_placeholder_stays_as_it_is() -> None:
    text = "error_page 401 = @signin; a@b.example ${x} %{y} @Mixed@"

    assert render(text, {}, "n.conf.in") == text


def test_values_are_not_rendered_again() -> None:
    assert render("@A@", {"A": "@B@", "B": "no"}, "n.conf.in") == "@B@"


def test_unfilled_placeholder_is_an_error_that_names_file_line_and_placeholder() -> None:
    with pytest.raises(TemplateError) as failure:
        render("a\nb @ORIGIN@\n@KEY@", {"CERT": "c"}, "nginx.conf.in")

    assert str(failure.value) == (
        "nginx.conf.in: no value for @KEY@ (line 3), @ORIGIN@ (line 2); given: CERT"
    )


def test_placeholders_are_listed() -> None:
    assert placeholders("@B@ @A@ @B@") == {"A", "B"}
