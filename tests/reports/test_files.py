import base64
from pathlib import Path

from reports import evidence, files, store
from reports.files import File
from tests.reports.bench import Bench

PICTURE = b"\x89PNG\r\n\x1a\n"
CASE = f"""
    def test_order(facts, request):
        given = {{"name": "order-nginx.png", "base64": "{base64.b64encode(PICTURE).decode()}"}}
        request.node.user_properties.append(("file", given))
        linked = {{"name": "order-nginx.png", "what": "picture of tab 1"}}
        request.node.user_properties.append(("evidence", {{"files": [linked]}}))
        assert False
"""


def test_content_is_told_apart_from_other_properties() -> None:
    given = {"name": "a.png", "base64": base64.b64encode(PICTURE).decode()}

    assert files.attached([("proxy", "nginx"), ("file", given)]) == {"a.png": PICTURE}


def test_what_a_case_attaches_is_linked_in_its_evidence() -> None:
    raw = {"files": [{"name": "a.png", "what": "picture"}]}

    assert evidence.read(raw).files == (File("a.png", "picture"),)
    assert evidence.joined([evidence.read(raw), evidence.read({})]).files == (
        File("a.png", "picture"),
    )


def test_a_file_lies_beside_the_report_that_links_it(bench: Bench) -> None:
    gated = bench.gate(CASE)
    latest = gated.folder / "latest"

    assert (latest / "files" / "order-nginx.png").read_bytes() == PICTURE
    assert (
        '<a href="files/order-nginx.png">picture of tab 1</a>'
        in (latest / "report.html").read_text()
    )
    assert "iVBORw0" not in (latest / "run.json").read_text()


def test_files_of_the_last_run_are_set_aside_with_it(tmp_path: Path) -> None:
    for content in ("first", "second"):
        store.set_aside(tmp_path, [store.FILES])
        store.publish(tmp_path / store.LATEST / store.FILES, {"a.txt": content})
    store.set_aside(tmp_path, [store.FILES])

    assert (tmp_path / store.PREVIOUS / store.FILES / "a.txt").read_text() == "second"
    assert not (tmp_path / store.LATEST / store.FILES).exists()


def test_where_nothing_is_attached_there_is_no_folder(tmp_path: Path) -> None:
    store.publish(tmp_path / store.FILES, {})

    assert list(tmp_path.iterdir()) == []
