import time
from pathlib import Path

import pytest

from proxyproof.outpost.sessions.store import FolderStore, MemoryStore, Session
from tests.proxyproof.outpost.deployment import Deploy

# made when the tests are collected: it must outlive them all
ALICE = Session("a1", time.time() + 86400, "alice", {"groups": ["dev"]}, "a.b.c", "http://idp/jwks")


@pytest.fixture(params=["memory", "folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> MemoryStore:
    return MemoryStore() if request.param == "memory" else FolderStore(tmp_path / "sessions")


def test_a_session_is_found_by_its_id(store: MemoryStore) -> None:
    store.save(ALICE)

    assert store.find("a1") == ALICE
    assert store.find("../a1") is None


def test_deleting_is_told_once(store: MemoryStore) -> None:
    told: list[str] = []
    store.on_end.append(told.append)
    store.save(ALICE)
    store.delete("a1")
    store.delete("a1")

    assert told == ["a1"]
    assert list(store) == []


def test_sessions_of_one_subject_end_together(store: MemoryStore) -> None:
    for session_id, sub in [("1", "alice"), ("2", "bob"), ("3", "alice")]:
        store.save(Session(session_id, time.time() + 60, sub))

    assert store.end("alice") == 2
    assert [session.sub for session in store] == ["bob"]


def test_expiring_leaves_a_session_that_has_run_out(store: MemoryStore) -> None:
    store.save(ALICE)
    count = store.expire("alice")
    (left,) = store

    assert count == 1
    assert left.expires_at <= time.time()


def test_a_sweep_deletes_what_has_run_out(store: MemoryStore) -> None:
    store.save(ALICE)
    store.save(Session("old", time.time()))
    store.sweep()

    assert [session.id for session in store] == ["a1"]


def test_a_folder_outlives_a_restart(tmp_path: Path) -> None:
    # contract section 2: files session_*
    FolderStore(tmp_path).save(ALICE)

    assert [path.name for path in tmp_path.iterdir()] == ["session_a1"]
    assert list(FolderStore(tmp_path)) == [ALICE]


def test_a_deleted_session_leaves_no_file(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.save(ALICE)
    store.delete("a1")

    assert list(tmp_path.iterdir()) == []


def test_files_are_for_the_owner_alone(tmp_path: Path) -> None:
    FolderStore(tmp_path).save(ALICE)

    assert (tmp_path / "session_a1").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["", "{", "[]", '{"id": "x"}', '{"unknown": 1}'])
def test_a_file_that_cannot_be_read_is_no_session(tmp_path: Path, text: str) -> None:
    (tmp_path / "session_bad").write_text(text)

    assert list(FolderStore(tmp_path)) == []


async def test_a_restarted_outpost_knows_its_sessions(deploy: Deploy, tmp_path: Path) -> None:
    first = await deploy(session_store=str(tmp_path / "kept"))
    cookie = first.user()
    await first.outpost.stop()
    second = await deploy(session_store=str(tmp_path / "kept"))
    async with second.client(cookie) as client:
        assert (await client.get("/")).status_code == 200
