"""Fixtures that all tests share: people, a contest, files in a folder of their own, the real data.

Celery's sends are caught by `sent`, so that a test says itself when the farm works; the end-to-end
tests in tests/e2e run the real worker instead.
"""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

WAB = Path(__file__).resolve().parents[2] / "shared" / "wab"


@pytest.fixture
def wab() -> Path:
    """The folder of the real team's files, or a skip that says so."""
    if not WAB.is_dir():
        pytest.skip(f"the real prediction files are not here ({WAB})")
    return WAB


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, settings: Any) -> Path:
    """Keep every test's uploads, truths and caches in its own folder."""
    settings.DATA = tmp_path
    settings.TRUTH_CACHE = tmp_path / "cache"
    storages = {name: dict(storage) for name, storage in settings.STORAGES.items()}
    storages["default"]["OPTIONS"] = {"location": tmp_path / "files", "base_url": None}
    settings.STORAGES = storages
    assert str(default_storage.path("x")).startswith(str(tmp_path))
    return tmp_path


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Hash passwords quickly: tests make hundreds of people."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Catch what would be sent to the queue: (task, args, queue)."""
    caught: list[tuple[Any, ...]] = []

    def send_task(task: str, args: Any = (), queue: str = "", **rest: Any) -> None:
        caught.append((task, tuple(args), queue))

    monkeypatch.setattr("podium.celery.app.send_task", send_task)
    return caught


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name a case of bytes by their number: their content may hold the time of day."""
    return f"{len(val)}-bytes" if isinstance(val, bytes) else None
