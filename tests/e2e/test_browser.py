"""A contestant in a real Chromium: sign up, join, make a team, upload, watch, read the board."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from evaluator import demo
from tests.browser import launched
from tests.e2e.conftest import Contest, Site, make_contest

pytestmark = pytest.mark.browser

FINAL_MS = 60_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh session whose scripts may not fail and which may not ask other hosts."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on(
        "request",
        lambda request: (
            None
            if re.match(r"(https?://127\.0\.0\.1|data:|blob:)", request.url)
            else wrong.append(request.url)
        ),
    )
    yield opened
    context.close()
    assert not wrong


def sign_up(page: Page, site: Site, name: str) -> None:
    page.goto(f"{site.address}/accounts/signup/")
    page.fill("[name=username]", name)
    page.fill("[name=email]", f"{name}@example.org")
    page.fill("[name=password1]", "a-long-password-for-tests")
    page.fill("[name=password2]", "a-long-password-for-tests")
    page.click("main button[type=submit]")
    page.wait_for_url(f"{site.address}/")


def join_and_create_team(page: Page, contest: Contest, team: str) -> None:
    page.goto(f"{contest.site.address}/c/{contest.slug}/")
    page.check("main input[type=checkbox]")
    page.click("main form:has(input[type=checkbox]) button[type=submit]")
    page.goto(f"{contest.site.address}/c/{contest.slug}/team/")
    page.fill("[name=name]", team)
    page.click("main form:has([name=name]) button[type=submit]")
    expect(page.locator("main")).to_contain_text(team)


def upload(page: Page, contest: Contest, file: Path) -> None:
    """Upload on the phase's page and wait, without a reload, until the state is final."""
    page.goto(f"{contest.site.address}/c/{contest.slug}/only/")
    page.set_input_files("input[type=file]", str(file))
    page.click("main form:has(input[type=file]) button[type=submit]")
    page.wait_for_url(re.compile(r"/submissions/[0-9a-f-]{36}/"))
    page.evaluate("window.notReloaded = true")
    final = page.locator("main").get_by_text(re.compile(r"^(Scored|Rejected)$")).first
    expect(final).to_be_visible(timeout=FINAL_MS)
    assert page.evaluate("window.notReloaded"), "the page was reloaded"


def test_a_new_contestant_goes_the_whole_way(page: Page, site: Site, tmp_path: Path) -> None:
    truth = demo.make_truth(clips=300, seed=11)
    contest = make_contest(site, "browser", json.dumps(truth).encode())
    good = tmp_path / "good.json"
    good.write_text(json.dumps(demo.make_predictions(truth, item_accuracy=0.8, seed=1)))
    bad = tmp_path / "bad.json"
    bad.write_text('{"999999x": {"item_id": 7}}')

    sign_up(page, site, "newcomer")
    join_and_create_team(page, contest, "Newcomers")

    upload(page, contest, bad)
    expect(page.locator("main")).to_contain_text("999999x")
    expect(page.locator("main")).to_contain_text("Rejected")

    upload(page, contest, good)
    expect(page.locator("main")).to_contain_text(re.compile(r"0\.\d{6}"))
    expect(page.locator("main")).to_contain_text("1st")

    page.goto(f"{site.address}/c/browser/only/")
    expect(page.locator("main")).to_contain_text(re.compile(r"99\s+of 100"))
    page.goto(f"{site.address}/c/browser/only/board/")
    expect(page.locator("main table").first).to_contain_text("Newcomers")


def test_a_file_over_the_limit_is_refused_on_the_page(
    page: Page, site: Site, tmp_path: Path
) -> None:
    truth = demo.make_truth(clips=30, seed=12)
    contest = make_contest(site, "small", json.dumps(truth).encode(), max_file_mb="1")
    large = tmp_path / "large.json"
    large.write_bytes(b" " * 2_000_000)
    sign_up(page, site, "heavy")
    join_and_create_team(page, contest, "Heavy")
    page.goto(f"{site.address}/c/small/only/")
    page.set_input_files("input[type=file]", str(large))
    page.click("main form:has(input[type=file]) button[type=submit]")
    expect(page.locator("main")).to_contain_text(re.compile("at most|largest"))
    assert page.url.endswith("/c/small/only/")


@pytest.mark.wab
def test_the_real_runs_one_after_another_make_three_steps(
    page: Page, wab_contest: Contest, wab: Path
) -> None:
    sign_up(page, wab_contest.site, "derry")
    join_and_create_team(page, wab_contest, "Derry's")
    for day, score in (("10", "0.600880"), ("16", "0.657424"), ("23", "0.711360")):
        upload(page, wab_contest, wab / "runs" / f"2020-03-{day}.json")
        expect(page.locator("main")).to_contain_text(score)
    for count in ("7,309", "7,088", "6,995", "2,691", "2,912", "3,005"):
        expect(page.locator("main")).to_contain_text(count)
    page.goto(f"{wab_contest.site.address}/c/wab/only/board/")
    for score in ("0.600880", "0.657424", "0.711360"):
        expect(page.locator("main")).to_contain_text(score)


def test_the_api_s_page_works_without_other_hosts(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/api/docs/")
    expect(page.locator(".swagger-ui .opblock").first).to_be_visible(timeout=30_000)
