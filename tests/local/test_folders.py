"""The data folder: where sockets lie, and what `make clean-data` removes."""

import os
import signal
import sys
import tempfile
from pathlib import Path

import pytest

from podium.local import folders
from podium.local.errors import CannotStartError
from tests.local.runs import Run


def clean(run: Run) -> Run:
    return run.start("-m", "podium.local", "clean")


def test_clean_removes_the_folder_and_a_new_run_starts_afresh(run: Run):
    run.site("small").until_said("ready after")
    run.tell(signal.SIGTERM)
    run.code()
    assert clean(run).code() == 0
    assert not run.data.exists()
    run.site("small").until_said("ready after")


def test_clean_refuses_while_a_run_is_on_it(run: Run, new_run):
    run.site("small").until_said("ready after")
    other = clean(new_run(run.data))
    assert other.code() == 1
    assert "already runs on" in other.text()
    assert run.having("http.server")


def test_clean_refuses_a_folder_that_is_not_podiums(run: Run):
    run.data.mkdir()
    (run.data / "thesis.txt").write_text("mine")
    assert clean(run).code() == 1
    assert "not a data folder of Podium" in run.text()
    assert (run.data / "thesis.txt").exists()


def test_clean_of_nothing_is_fine(run: Run):
    assert clean(run).code() == 0
    assert "nothing to remove" in run.text()


def test_clean_does_not_follow_links_out_of_the_folder(run: Run, folder: Path):
    folders.prepare(run.data)
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere/kept").touch()
    (run.data / "link").symlink_to(folder / "elsewhere")
    assert clean(run).code() == 0
    assert (folder / "elsewhere/kept").exists()


def test_sockets_lie_in_the_data_folder_if_its_path_allows(folder: Path):
    assert folders.socket_folder(folder) == folder / "run"


@pytest.mark.parametrize("name", ["long" * 30, "Upper", "comma,", "space here", "ümlaut"])
def test_a_path_that_sockets_or_urls_cannot_hold_gets_a_short_one_that_stays(
    folder: Path, monkeypatch, name: str
):
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    data = folder / name
    data.mkdir()
    place = folders.socket_folder(data)
    assert place.parent == Path("/tmp").resolve()
    assert place.stat().st_mode & 0o077 == 0
    assert folders.socket_folder(data) == place
    (data / folders.MARKER).touch()
    folders.clean(data)
    assert not place.exists()


def test_a_runtime_folder_of_the_user_comes_before_tmp(folder: Path, monkeypatch):
    (folder / "Upper").mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    assert folders.socket_folder(folder / "Upper").parent == folder


def test_a_socket_folder_that_others_may_enter_is_not_used(folder: Path, monkeypatch):
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    data = folder / "Upper"
    data.mkdir()
    place = folders.socket_folder(data)
    place.chmod(0o777)
    with pytest.raises(CannotStartError, match="No folder for sockets"):
        folders.socket_folder(data)
    place.rmdir()


def test_a_run_works_in_a_folder_whose_path_is_long_and_odd(new_run, folder: Path):
    run = new_run(folder / ("Ünsere Daten, " + "long" * 25) / "data")
    run.said = folder / "said"
    run.site("small").until_said("ready after")
    run.tell(signal.SIGINT)
    assert run.code() == 0
    folders.clean(run.data)


def test_the_key_is_made_once_even_if_an_earlier_try_was_killed(folder: Path):
    (folder / "secret_key.new").write_text("half")
    key = folders.secret_key_file(folder).read_text()
    assert len(key) > 50
    assert folders.secret_key_file(folder).read_text() == key


def test_the_default_folder_stands_beside_manage_py(monkeypatch):
    monkeypatch.delenv("PODIUM_DATA", raising=False)
    assert folders.data_folder() == folders.ROOT / "data"
    assert (folders.ROOT / "platform/podium/local").is_dir()


def test_nothing_of_django_is_imported_to_start():
    code = "import sys, podium.local.__main__; sys.exit('django' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(folders.ROOT / "platform")}
    assert os.spawnve(os.P_WAIT, sys.executable, [sys.executable, "-c", code], environment) == 0


def test_temporary_folders_are_where_sockets_fit(monkeypatch):
    from podium.local import commands

    monkeypatch.setattr(tempfile, "tempdir", "/var/folders/T0/ABC")
    assert commands._temporary_place() == Path("/tmp")
    monkeypatch.setattr(tempfile, "tempdir", "/var/tmp")
    assert commands._temporary_place() == Path("/var/tmp")
