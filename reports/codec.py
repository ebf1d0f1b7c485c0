"""`run.json`: a run written down and read again without loss, and checked against its schema."""

import functools
import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports import evidence, remedies
from reports.model import (
    SCHEMA,
    Blame,
    CaseResult,
    Deviation,
    Kind,
    Machine,
    Margin,
    Problem,
    ProxyRecord,
    Requirement,
    Run,
    Verdict,
)
from reports.remedies import Advice

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from jsonschema import Draft202012Validator

SCHEMA_FILE = Path(__file__).parent / "schema" / "run.schema.json"


class StoredRunError(ValueError):
    """A file that is not a run, or one of another version."""


def to_json(run: Run, *, compact: bool = False) -> str:
    """The run as text, a line a case; the same run gives the same bytes.

    Whoever reads it checks it against the schema: for thousands of cases that takes seconds.

    Args:
        run: what to write down.
        compact: for machines alone: all of it on one line.
    """
    document = _document(run)
    if compact:
        return _line(document) + "\n"
    cases = ",\n".join(map(_line, document.pop("cases")))
    head = json.dumps(document, indent=1, ensure_ascii=False, default=_object).removesuffix("\n}")
    return f'{head},\n "cases": [\n{cases}\n]}}\n'


def _line(part: object) -> str:
    return json.dumps(part, separators=(",", ":"), ensure_ascii=False, default=_object)


def _object(record: "DataclassInstance") -> dict[str, Any]:
    """A record as an object; what is in it the encoder asks for when it comes there."""
    return {name: getattr(record, name) for name in _names(type(record))}


@functools.cache
def _names(kind: "type[DataclassInstance]") -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def from_json(text: str) -> Run:
    """The run that `to_json` wrote.

    Raises:
        StoredRunError: says what is wrong with the file and, for another version, which one it is.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise StoredRunError(f"not JSON: {error}") from error
    _check(document)
    return _run(document)


@functools.cache
def _validator() -> "Draft202012Validator":
    # Built once: checking the schema itself takes longer than checking a run. Imported by who
    # reads a run: each process of a run that is written would wait for it.
    from jsonschema import Draft202012Validator  # noqa: PLC0415

    return Draft202012Validator(json.loads(SCHEMA_FILE.read_text("utf-8")))


def _check(document: object) -> None:
    version = document.get("schema") if isinstance(document, dict) else None
    if version != SCHEMA:
        raise StoredRunError(f"expected a run of schema {SCHEMA!r}, found {version!r}")
    error = next(_validator().iter_errors(document), None)
    if error is not None:
        raise StoredRunError(f"{error.json_path}: {error.message}") from error


def _document(run: Run) -> dict[str, Any]:
    return {
        "schema": run.schema,
        "started": run.started,
        "duration_ms": run.duration_ms,
        "commit": run.commit,
        "command": run.command,
        "runtime": run.runtime,
        "scheme": run.scheme,
        "machine": run.machine,
        "versions": dict(sorted(run.versions.items())),
        "left_out": dict(sorted(run.left_out.items())),
        "proxies": run.proxies,
        "exit": run.exit,
        "counts": run.counts,
        "problems": run.problems,
        "cases": [_case_document(case) for case in run.cases],
    }


def _case_document(case: CaseResult) -> dict[str, Any]:
    """One flat object: the requirement's keys stand beside those of the result."""
    return {
        "id": case.id,
        **_object(case.requirement),
        "proxy": case.proxy,
        "transport": case.transport,
        "variant": case.variant,
        "version": case.version,
        "http": case.http,
        "verdict": case.verdict,
        "duration_ms": case.duration_ms,
        "why": case.reason,
        "message": case.message,
        "node": case.node,
        "repeat": case.repeat,
        "deviation": case.deviation,
        "missing": case.missing,
        "outcome": case.outcome,
        "declared": dict(sorted(case.declared.items())),
        "path": case.path,
        "fault": case.fault,
        "part": case.part,
        "blame": case.blame,
        "findings": dict(sorted(case.findings.items())),
        "margins": [{**_object(one), "share": round(one.share, 3)} for one in case.margins],
        "remedies": case.remedies,
        "advice": [{**_object(one), "text": str(one)} for one in case.advice],
        "evidence": case.evidence,
    }


def _run(document: Mapping[str, Any]) -> Run:
    return Run(
        schema=document["schema"],
        started=document["started"],
        duration_ms=document["duration_ms"],
        commit=document["commit"],
        command=document["command"],
        runtime=document["runtime"],
        scheme=document["scheme"],
        machine=Machine(**document["machine"]),
        versions=document["versions"],
        left_out=document.get("left_out", {}),
        proxies=tuple(ProxyRecord(**proxy) for proxy in document["proxies"]),
        exit=document["exit"],
        problems=tuple(
            Problem(Kind(item["kind"]), item["what"], item["proxy"])
            for item in document["problems"]
        ),
        cases=tuple(_case(item) for item in document["cases"]),
    )


def _case(item: Mapping[str, Any]) -> CaseResult:
    deviation = item["deviation"]
    return CaseResult(
        id=item["id"],
        requirement=_requirement(item),
        proxy=item["proxy"],
        transport=item["transport"],
        variant=item["variant"],
        version=item.get("version", ""),
        http=item.get("http", ""),
        verdict=Verdict(item["verdict"]),
        duration_ms=item["duration_ms"],
        reason=item["why"],
        message=item["message"],
        node=item["node"],
        repeat=item["repeat"],
        deviation=Deviation(**deviation) if deviation else None,
        missing=tuple(item["missing"]),
        outcome=item.get("outcome", ""),
        declared=item.get("declared", {}),
        path=tuple(item.get("path", ())),
        fault=item.get("fault", ""),
        part=item.get("part", ""),
        blame=_blame(item.get("blame", {})),
        findings=item.get("findings", {}),
        margins=tuple(_margin(one) for one in item.get("margins", ())),
        remedies=remedies.read(item.get("remedies", {})),
        advice=tuple(_advice(one) for one in item.get("advice", ())),
        evidence=evidence.read(item["evidence"]),
    )


def _blame(item: Mapping[str, Any]) -> Blame:
    return Blame(item.get("tier", ""), item.get("why", ""), tuple(item.get("proof", ())))


def _advice(item: Mapping[str, Any]) -> Advice:
    return Advice(item["fault"], item["change"], item["confirmed"], item["probe"])


def _margin(item: Mapping[str, Any]) -> Margin:
    return Margin(item["what"], item["measured"], item["limit"])


def _requirement(item: Mapping[str, Any]) -> Requirement:
    names = ("level", "topic", "promise", "document", "clause", "reason", "watches")
    return Requirement(
        kills=tuple(item["kills"]),
        field=tuple(item["field"]),
        **{name: item[name] for name in names},
    )
