"""`junit.xml`: the run for CI dashboards: a suite a proxy, a test case a result.

The format knows pass, failure, error and skipped. Only a pass and a warning are shown as passed:
what was not judged, or does not count, must not look green. The exact verdict is a property.
"""

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from reports import answers
from reports.model import CaseResult, Run, Verdict

_CONTROLS = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 section 2.2 does not allow in a document, escaped or not."""

_SKIPPED = (Verdict.UNSUPPORTED, Verdict.BLOCKED, Verdict.UNPROVEN, Verdict.WAIVED)


def write(run: Run) -> str:
    """The whole document; the same run gives the same bytes."""
    root = Element("testsuites", name="proxyproof", time=_seconds(run.duration_ms))
    for proxy in answers.proxies(run):
        _suite(root, run, proxy)
    _gate(root, run)
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


def _suite(root: Element, run: Run, proxy: str) -> None:
    cases = answers.of(run, proxy)
    suite = SubElement(
        root,
        "testsuite",
        name=proxy or "no proxy",
        timestamp=run.started.removesuffix("Z"),
        tests=str(len(cases)),
        failures=str(answers.count(cases, Verdict.FAIL)),
        errors=str(answers.count(cases, Verdict.ERROR)),
        skipped=str(answers.count(cases, *_SKIPPED)),
        time=_seconds(sum(case.duration_ms for case in cases)),
    )
    record = next((record for record in run.proxies if record.name == proxy), None)
    if record is not None:
        _properties(suite, {"version": record.version, "image": record.image})
    for case in cases:
        _case(suite, case)


def _case(suite: Element, case: CaseResult) -> None:
    flavour = f"[{case.flavour}]" if case.flavour else ""
    test = SubElement(
        suite,
        "testcase",
        classname=_legal(f"{case.proxy or 'none'}.{case.requirement.topic}"),
        name=_legal(f"{case.id}{flavour}"),
        time=_seconds(case.duration_ms),
    )
    _properties(
        test,
        {
            "verdict": case.verdict,
            "level": case.requirement.level,
            "source": case.requirement.source,
            "promise": case.requirement.promise,
            "repeat": case.repeat,
        },
    )
    _outcome(test, case)


def _outcome(test: Element, case: CaseResult) -> None:
    said = case.reason or case.message.partition("\n")[0]
    if case.verdict in _SKIPPED:
        SubElement(test, "skipped", message=_legal(f"{case.verdict}: {said}"))
    elif case.verdict in (Verdict.FAIL, Verdict.ERROR):
        name = "failure" if case.verdict is Verdict.FAIL else "error"
        SubElement(test, name, message=_legal(said)).text = _legal(_told(case))
    elif case.verdict is Verdict.WARN:
        SubElement(test, "system-out").text = _legal(f"warn: {_told(case)}")


def _told(case: CaseResult) -> str:
    return "\n".join((case.message, *answers.advice(case)))


def _gate(root: Element, run: Run) -> None:
    """One test case for the run as a whole, so that a run that was not judged is red."""
    broken = run.exit in (2, 3)
    suite = SubElement(root, "testsuite", name="gate", tests="1", errors=str(int(broken)))
    test = SubElement(suite, "testcase", classname="gate", name="the run was judged")
    if broken:
        whole = _legal("\n".join(problem.what for problem in run.problems))
        SubElement(test, "error", message=answers.headline(run)).text = whole


def _properties(parent: Element, values: dict[str, str]) -> None:
    told = {name: value for name, value in values.items() if value}
    if not told:
        return
    properties = SubElement(parent, "properties")
    for name, value in told.items():
        SubElement(properties, "property", name=name, value=_legal(value))


def _legal(text: str) -> str:
    return _CONTROLS.sub("\ufffd", text)


def _seconds(milliseconds: float) -> str:
    return f"{milliseconds / 1000:.3f}"
