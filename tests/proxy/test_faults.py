import importlib
import pkgutil
from collections import Counter

import pytest

from proxy import faults
from proxy.definitions import definition, definitions
from proxy.errors import TemplateError
from proxy.faults import CATALOGUE, ConfigFault, apply, cure, diff, recognised
from proxy.template import PLACEHOLDER

FAULT = ConfigFault("slow", "x", (("fast on;", "fast off;"),), "slow", "here")
OF_PRODUCTS = [fault for fault in CATALOGUE.values() if fault.product in definitions()]


def test_every_fault_says_what_it_is_and_where_it_was_seen() -> None:
    incomplete = [
        fault.name for fault in CATALOGUE.values() if not (fault.summary and fault.source)
    ]

    assert incomplete == []


def test_catalogue_is_found_by_product_and_name() -> None:
    assert CATALOGUE["nginx", "buffering-on"].edits == (
        ("proxy_buffering off;", "proxy_buffering on;"),
    )


def test_no_fault_takes_the_place_of_another_of_its_name() -> None:
    packages = [each.name for each in pkgutil.iter_modules(faults.__path__) if each.ispkg]
    catalogues = [importlib.import_module(f"proxy.faults.{name}").FAULTS for name in packages]
    names = Counter((fault.product, fault.name) for every in catalogues for fault in every)

    assert [name for name, count in names.items() if count > 1] == []


def test_fault_replaces_its_text() -> None:
    assert apply(FAULT, "fast on; # x", "x.in") == "fast off; # x"


@pytest.mark.parametrize(("text", "count"), [("", 0), ("fast on; fast on;", 2)])
def test_fault_that_does_not_fit_exactly_once_is_an_error(text: str, count: int) -> None:
    with pytest.raises(TemplateError) as failure:
        apply(FAULT, text, "x.conf.in")

    assert str(failure.value) == (
        f"fault 'slow' expects 'fast on;' once in x.conf.in, found {count} times"
    )


def test_fault_is_shown_as_the_lines_that_differ() -> None:
    assert diff(FAULT, "a\nfast on;\nb") == "-fast on;\n+fast off;"


@pytest.mark.parametrize("fault", OF_PRODUCTS, ids=lambda fault: f"{fault.product}-{fault.name}")
def test_of_all_faults_the_one_that_a_configuration_has_is_recognised_first(
    fault: ConfigFault,
) -> None:
    good = good_of(fault.product)
    wrong = PLACEHOLDER.sub("value", apply(fault, good, fault.product))

    assert recognised(fault.product, wrong, good)[0] == fault


@pytest.mark.parametrize("product", sorted({fault.product for fault in OF_PRODUCTS}))
def test_no_fault_is_recognised_in_the_good_configuration(product: str) -> None:
    good = good_of(product)

    assert recognised(product, PLACEHOLDER.sub("value", good), good) == []


def good_of(product: str) -> str:
    config = definition(product).config
    assert config is not None
    return config.read_text()


def test_a_cure_is_what_was_there_before() -> None:
    fault = ConfigFault("x", "nginx", (("right  line;", "wrong;"), ("more;", "")), "", "")

    assert cure(fault) == "right line; more;"
