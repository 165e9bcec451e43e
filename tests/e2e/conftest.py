"""The real site for end-to-end tests: `python -m podium.local run` in a folder of its own.

All tests that use it are one xdist group, so that one site is started and they don't disturb each
other. They may kill any of its processes; they may not leave it broken.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest

from tests.conftest import WAB

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "watch-and-buy"
START_SECONDS = 180


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put all tests of this folder on one worker."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("site"))
            item.add_marker(pytest.mark.farm)


def wait_until(
    condition: Callable[[], Any], what: str, seconds: float = 60, every: float = 0.05
) -> Any:
    """Return the condition's first true value; fail saying what was waited for."""
    deadline = time.monotonic() + seconds
    while True:
        if value := condition():
            return value
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(every)


@dataclass
class Site:
    """A running site: its address, its supervisor, its database."""

    address: str
    data: Path
    supervisor: "subprocess.Popen[bytes]"
    database_url: str
    broker_url: str
    broker_socket: Path
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self, **options: Any) -> httpx.Client:
        """Return an HTTP client that is closed with the site."""
        made = httpx.Client(timeout=60, **options)
        self.clients.append(made)
        return made

    def pids(self, *words: str) -> list[int]:
        """Return the site's processes whose command line holds all the words."""
        found = []
        for process in psutil.Process(self.supervisor.pid).children(recursive=True):
            try:
                line = " ".join(process.cmdline())
            except (psutil.NoSuchProcess, psutil.ZombieProcess):
                continue
            if all(word in line for word in words):
                found.append(process.pid)
        return found

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the site's database; waits out a restart."""

        def ask() -> list[list[tuple[Any, ...]]]:
            try:
                with psycopg.connect(self.database_url, connect_timeout=5) as connection:
                    return [connection.execute(query.encode(), values).fetchall()]
            except psycopg.OperationalError:
                return []

        (answer,) = wait_until(ask, "the database to answer")
        return list(answer)

    def sign_in(self, name: str) -> httpx.Client:
        """Return a client with the session of a demo account."""
        client = self.client(base_url=self.address, follow_redirects=True)
        form = client.get("/accounts/login/")
        token = csrf_token(form.text)
        done = client.post(
            "/accounts/login/",
            data={"login": name, "password": PASSWORD, "csrfmiddlewaretoken": token},
            headers={"Referer": self.address},
        )
        assert done.status_code == 200, done.text[:2000]
        assert "sessionid" in client.cookies, "signing in did not work"
        return client

    def api(self, token: str) -> httpx.Client:
        """Return a client of REST v1 with the token."""
        return self.client(
            base_url=f"{self.address}/api/v1/", headers={"Authorization": f"Bearer {token}"}
        )


def csrf_token(page: str) -> str:
    """Return the form's token."""
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found, page[:2000]
    return found.group(1)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def running_site(data: Path) -> Iterator[Site]:
    """Start the site with its demo, yield it when it is ready, stop it and look for leftovers."""
    port = free_port()
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    output = data.with_suffix(".output")
    with output.open("wb") as log:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "podium.local", "run"],
            cwd=ROOT,
            env={
                **keep,
                "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}",
                "PODIUM_DATA": str(data),
                "PODIUM_PORT": str(port),
                "PODIUM_LEASE_SECONDS": "4",
                "PODIUM_RESEND_SECONDS": "2",
                "PODIUM_SWEEP_SECONDS": "1",
            },
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:

        def is_ready() -> bool:
            text = output.read_text(errors="replace")
            assert supervisor.poll() is None, text
            return "ready after" in text

        wait_until(is_ready, "the site to be ready", START_SECONDS)
        children = psutil.Process(supervisor.pid).children(recursive=True)
        environment = next(
            variables
            for variables in (child.environ() for child in children)
            if "BROKER_URL" in variables
        )
        broker = environment["BROKER_URL"].removeprefix("redis+socket://").split("?")[0]
        site = Site(
            f"http://127.0.0.1:{port}",
            data,
            supervisor,
            environment["DATABASE_URL"],
            environment["BROKER_URL"],
            Path(broker),
        )
        yield site
        for client in site.clients:
            client.close()
        assert supervisor.poll() is None, output.read_text(errors="replace")
    finally:
        left = psutil.Process(supervisor.pid).children(recursive=True)
        supervisor.send_signal(signal.SIGTERM)
        supervisor.wait(timeout=60)
        _, alive = psutil.wait_procs(left, timeout=10)
        assert not alive, f"left behind: {alive}"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site that the end-to-end tests share."""
    with running_site(tmp_path_factory.mktemp("site") / "data") as started:
        yield started


@pytest.fixture(autouse=True)
def own_files() -> None:
    """Override: these tests use the site's own files."""


@dataclass
class Contest:
    """A contest on the site, made by the organizer in the admin."""

    site: Site
    slug: str
    phase: str

    @property
    def path(self) -> str:
        """Its phase in REST."""
        return f"competitions/{self.slug}/phases/{self.phase}"

    def submit(self, client: httpx.Client, content: bytes, name: str = "p.json") -> httpx.Response:
        """Post a file."""
        return client.post(f"{self.path}/submissions/", files={"file": (name, content)})

    def settled(self, client: httpx.Client, submission: str, seconds: float = 60) -> dict[str, Any]:
        """Poll a submission until its state is final."""

        def final() -> dict[str, Any] | None:
            try:
                body: dict[str, Any] = client.get(f"submissions/{submission}/").json()
            except (httpx.TransportError, json.JSONDecodeError):
                return None
            return body if body.get("is_final") else None

        found: dict[str, Any] = wait_until(final, "the submission to be final", seconds, 0.05)
        return found


def admin_post(client: httpx.Client, path: str, data: dict[str, Any], **more: Any) -> str:
    """Fill a form of the admin; return the page that follows."""
    page = client.get(path)
    token = csrf_token(page.text)
    done = client.post(
        path,
        data={**data, "csrfmiddlewaretoken": token},
        headers={"Referer": str(client.base_url)},
        **more,
    )
    assert done.status_code == 200, done.text[:3000]
    assert "errornote" not in done.text, re.sub(r"<[^>]+>", " ", done.text)[:3000]
    return str(done.url)


def make_contest(site: Site, slug: str, truth: Path | bytes, **phase: Any) -> Contest:
    """Make a contest with one open phase in the admin, and upload its truth there."""
    organizer = site.sign_in("organizer")
    admin_post(
        organizer,
        "/admin/competitions/competition/add/",
        {
            "title": slug.title(),
            "slug": slug,
            "summary": "A contest of the tests.",
            "description": "A contest.",
            "rules": "Play fair.",
            "rules_version": "1",
            "time_zone": "Asia/Shanghai",
            "max_team_size": "5",
            "is_published": "on",
            "phases-TOTAL_FORMS": "0",
            "phases-INITIAL_FORMS": "0",
        },
    )
    ((competition,),) = site.rows("SELECT id FROM competitions_competition WHERE slug = %s", slug)
    admin_post(
        organizer,
        "/admin/competitions/phase/add/",
        {
            "competition": competition,
            "position": "1",
            "title": "Only",
            "slug": "only",
            "task": "clips",
            "opens_at_0": "2020-01-01",
            "opens_at_1": "00:00:00",
            "closes_at_0": "2099-01-01",
            "closes_at_1": "00:00:00",
            "daily_limit": "100",
            "in_flight_limit": "100",
            "max_file_mb": "100",
            "max_unpacked_mb": "400",
            "selection": "best",
            "private_share": "0",
            **phase,
        },
    )
    ((phase_id,),) = site.rows(
        "SELECT id FROM competitions_phase WHERE competition_id = %s", competition
    )
    content = truth if isinstance(truth, bytes) else truth.read_bytes()
    admin_post(
        organizer,
        "/admin/competitions/truth/add/",
        {"phase": phase_id},
        files={"upload": ("truth.json", content)},
    )

    def compiled() -> bool:
        ((state,),) = site.rows(
            "SELECT state FROM competitions_truth WHERE phase_id = %s", phase_id
        )
        assert state != "refused"
        return bool(state == "ready")

    wait_until(compiled, "the truth to be compiled", 120)
    return Contest(site, slug, "only")


def enter(contest: Contest, name: str, team: str) -> httpx.Client:
    """Join the contest with a demo account, create a team, and return its REST client."""
    web = contest.site.sign_in(name)
    page = web.get("/account/tokens/")
    made = web.post(
        "/account/tokens/",
        data={"name": "e2e", "csrfmiddlewaretoken": csrf_token(page.text)},
        headers={"Referer": contest.site.address},
    )
    found = re.search(r"pod_[0-9a-f]{8}_[\w-]+", made.text)
    assert found, made.text[:2000]
    client = contest.site.api(found.group(0))
    joined = client.post(f"competitions/{contest.slug}/participation/", json={"rules_version": 1})
    assert joined.status_code == 204, joined.text
    created = client.post(f"competitions/{contest.slug}/team/", json={"name": team})
    assert created.status_code == 201, created.text
    return client


@pytest.fixture(scope="session")
def wab_contest(site: Site) -> Contest:
    """A contest with the real team's truth."""
    if not WAB.is_dir():
        pytest.skip(f"the real prediction files are not here ({WAB})")
    return make_contest(site, "wab", WAB / "truth.json")
