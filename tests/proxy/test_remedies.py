from proxy.definitions import definition
from proxy.faults import CATALOGUE, apply
from proxy.remedies import Remedy, Standing, lines, of_ours, of_yours
from proxy.template import PLACEHOLDER

NAMES = {name for _, name in CATALOGUE}


def template(product: str) -> str:
    config = definition(product).config
    assert config is not None
    return config.read_text()


def rendered(text: str) -> str:
    return PLACEHOLDER.sub("value", text)


def of(text: str, name: str) -> Remedy:
    [remedy] = of_yours("nginx", text, template("nginx"), [name])
    return remedy


def test_a_remedy_of_ours_puts_the_lines_back() -> None:
    good = template("nginx")
    wrong = rendered(apply(CATALOGUE["nginx", "buffering-on"], good, ""))

    found = of_ours("nginx", wrong, good, ["gzip-all", "buffering-on", "no-such", "buffering-on"])

    assert [(one.fault, one.standing) for one in found] == [
        ("gzip-all", Standing.ABSENT),
        ("buffering-on", Standing.SHOWN),
    ]
    assert found[1].put == ("proxy_buffering off;",)
    assert found[1].now == ("proxy_buffering on;",)
    assert found[1].entries == ("BUF-01", "BUF-02")


def test_a_change_of_more_places_is_larger() -> None:
    assert of("", "upgrade-not-configured").size > of("", "upgrade-dropped").size


def test_a_wrong_line_of_a_user_is_shown() -> None:
    remedy = of("location / {\n  proxy_buffering   on;  # fast\n}", "buffering-on")

    assert (remedy.standing, remedy.now) == (Standing.SHOWN, ("proxy_buffering on;",))


def test_a_line_that_a_user_has_not_written_is_missing() -> None:
    remedy = of(
        "location / {\n  proxy_pass http://app;\n  # proxy_buffering off;\n}", "buffering-on"
    )

    assert (remedy.standing, remedy.now) == (Standing.MISSING, ())


def test_a_good_line_of_a_user_leaves_nothing_to_cure() -> None:
    assert of("proxy_buffering off;", "buffering-on").standing is Standing.ABSENT


def test_a_plain_value_of_a_users_own_is_another_one() -> None:
    remedy = of("proxy_read_timeout 5s;", "read-timeout-short")

    assert (remedy.standing, remedy.now) == (Standing.OTHERWISE, ("proxy_read_timeout 5s;",))
    assert remedy.put == ("proxy_read_timeout <idle_ms>ms;",)


def test_another_number_of_values_is_another_value_still() -> None:
    remedy = of("large_client_header_buffers 8 16k;", "small-header-buffers")

    assert remedy.now == ("large_client_header_buffers 8 16k;",)


def test_a_variable_of_a_users_own_is_as_good_as_ours() -> None:
    assert of("proxy_set_header Upgrade $asked;", "upgrade-dropped").standing is Standing.ABSENT


def test_a_line_that_only_a_fault_adds_is_there_or_not() -> None:
    added = "proxy_ignore_headers X-Accel-Buffering;"

    assert of("", "buffers-all").standing is Standing.ABSENT
    assert of(f"proxy_buffering on;\n{added}", "buffers-all").standing is Standing.SHOWN


def test_a_line_that_the_good_configuration_has_too_is_no_sign() -> None:
    assert of('proxy_set_header Upgrade "";', "upgrade-dropped").standing is Standing.ABSENT


def test_nothing_is_said_to_stand_wrong_in_a_good_configuration() -> None:
    products = sorted({product for product, _ in CATALOGUE if "+" not in product})
    wrong = [
        (product, remedy.fault)
        for product in products
        for remedy in of_yours(product, rendered(template(product)), template(product), NAMES)
        if remedy.standing in (Standing.SHOWN, Standing.MISSING)
    ]

    assert wrong == []


def test_most_failures_are_seen_in_a_file_that_has_them() -> None:
    seen = [
        of_yours(product, rendered(apply(fault, good, "")), good, [name])[0].standing
        for (product, name), fault in CATALOGUE.items()
        if "+" not in product
        for good in [template(product)]
    ]

    assert seen.count(Standing.ABSENT) < len(seen) / 10
    assert seen.count(Standing.SHOWN) > len(seen) * 0.8


def test_what_only_our_template_means_is_not_missed() -> None:
    assert of("", "login-redirect-for-streams").standing is Standing.ABSENT


def test_lines_are_bare() -> None:
    assert lines("# all\n  a   b; # c\n}\n\n x#y") == ["a b;", "x#y"]
