"""A real browser: sending a file, following a submission, and every page's width."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from podium.submissions.models import SubmissionState
from tests.browser import launched
from tests.factories import make_scored_submission, make_submission
from tests.web.conftest import Contest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, launched() as running:
        # Playwright runs an event loop in this thread; the rows are still made one by one.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield running


@pytest.fixture
def page(
    browser: Browser,
    live_server: Any,
    contest: Contest,
    as_alice: Client,
    sent: list[Any],
) -> Iterator[Page]:
    """Open a window in which Alice is signed in; a complaint of the page fails the test."""
    context = browser.new_context(base_url=live_server.url, timezone_id="Europe/Berlin")
    sign_in(context, as_alice, live_server.url)
    window = context.new_page()
    complaints: list[str] = []
    window.on("console", lambda message: complaints.append(message.text))
    window.on("pageerror", lambda error: complaints.append(str(error)))
    # The browser asks for the icon late, and gives it up by itself when it leaves the page.
    window.on(
        "requestfailed",
        lambda request: (
            None
            if request.failure == "net::ERR_ABORTED" and request.url.endswith("/favicon.svg")
            else complaints.append(f"failed: {request.url} ({request.failure})")
        ),
    )
    yield window
    context.close()
    assert not complaints


def sign_in(context: BrowserContext, client: Client, url: str) -> None:
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": url}])


def test_a_file_is_sent_by_the_script_and_its_page_follows_it(
    page: Page, contest: Contest, tmp_path: Path
) -> None:
    file = tmp_path / "run.json"
    file.write_text("{}")
    page.goto(contest.url())
    page.set_input_files("#file", file)
    page.fill("[name=note]", "first try")
    page.click("text=Submit the file")
    page.wait_for_url("**/submissions/*/")
    assert page.inner_text(".state .pill") == "Queued"
    page.evaluate("window.neverReloaded = true")
    submission = contest.team.submissions.get()
    make_scored_submission(contest.phase, contest.team, scored=submission, right=(70, 60, 50))
    page.wait_for_selector(".state .pill.scored")
    assert page.evaluate("window.neverReloaded")
    assert page.inner_text("#said") == "Scored: 0.600000, 1st of 1."
    assert "0.600000" in page.inner_text(".figures")
    assert page.get_attribute("#submission", "hx-trigger") is None


def test_a_file_over_the_limit_is_refused_before_it_is_sent(
    page: Page, contest: Contest, tmp_path: Path
) -> None:
    file = tmp_path / "run.json"
    file.write_bytes(b" " * (contest.phase.max_file_bytes + 1))
    page.goto(contest.url())
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.method))
    page.set_input_files("#file", file)
    page.wait_for_selector("#upload-refusal .notice")
    page.click("text=Submit the file")
    assert "takes at most 1,048,576" in page.inner_text("#upload-refusal")
    assert "POST" not in requests  # the icon may still be fetched


def test_a_dropped_file_is_taken(page: Page, contest: Contest) -> None:
    page.goto(contest.url())
    page.evaluate(
        """() => {
            const transfer = new DataTransfer();
            transfer.items.add(new File(["{}"], "dropped.json"));
            const dropped = new DragEvent("drop", {dataTransfer: transfer, bubbles: true});
            document.getElementById("drop").dispatchEvent(dropped);
        }"""
    )
    assert page.evaluate("document.getElementById('file').files[0].name") == "dropped.json"


def test_times_get_the_readers_own_beside_the_contests(page: Page, contest: Contest) -> None:
    page.goto(contest.url())
    assert "CST" in page.inner_text("#dates ~ dl")
    assert "your time" in page.inner_text("#dates ~ dl")


def test_the_theme_is_remembered(page: Page) -> None:
    page.goto("/")
    page.click("[data-theme-toggle]")
    page.click("[data-theme-toggle]")
    page.reload()
    assert page.get_attribute("html", "data-theme") == "dark"
    assert page.inner_text("[data-theme-name]") == "Dark"


@pytest.mark.parametrize("width", [360, 1920])
def test_no_page_is_wider_than_its_window(page: Page, contest: Contest, width: int) -> None:
    scored = make_scored_submission(contest.phase, contest.team, note="x" * 200)
    rejected = make_submission(
        contest.phase,
        contest.team,
        state=SubmissionState.REJECTED,
        problems=[["y" * 300, "z" * 300]],
        problem_count=1,
    )
    contest.team.name = "w" * 60
    contest.team.save()
    page.set_viewport_size({"width": width, "height": 800})
    own = ["", "board/", "submissions/", f"submissions/{scored.pk}/", f"submissions/{rejected.pk}/"]
    paths = ["/", "/c/watch-and-buy/", "/c/watch-and-buy/team/", "/account/tokens/"]
    for path in [*paths, "/accounts/email/", *map(contest.url, own)]:
        page.goto(path)
        page.wait_for_load_state()
        over = "document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(over) == 0, path


def test_the_history_is_drawn_from_the_table(page: Page, contest: Contest) -> None:
    make_scored_submission(contest.phase, contest.team)
    page.goto(contest.url("board/"))
    page.wait_for_selector("#plot canvas")
