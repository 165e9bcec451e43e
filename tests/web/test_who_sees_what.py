"""Pages by who asks: the owner, a member, a stranger, nobody, an organizer."""

import pytest
from django.test import Client

from tests.factories import make_competition, make_scored_submission
from tests.web.conftest import Contest


@pytest.mark.parametrize("rest", ["", "board/"])
def test_anyone_reads_a_published_phase(contest: Contest, client: Client, rest: str) -> None:
    assert client.get(contest.url(rest)).status_code == 200


def test_anyone_reads_home_and_the_competition(contest: Contest, client: Client) -> None:
    assert b"Watch and Buy" in client.get("/").content
    assert client.get("/c/watch-and-buy/").status_code == 200


def test_an_unpublished_competition_is_for_organizers(
    as_alice: Client, as_olga: Client, client: Client
) -> None:
    make_competition(slug="secret", title="Secret", is_published=False)
    assert client.get("/c/secret/").status_code == 404
    assert as_alice.get("/c/secret/").status_code == 404
    assert as_olga.get("/c/secret/").status_code == 200
    assert b"Secret" not in as_alice.get("/").content
    assert b"Secret" in as_olga.get("/").content


def test_a_submission_is_for_its_team_and_organizers(
    contest: Contest,
    as_alice: Client,
    as_bob: Client,
    as_charlie: Client,
    as_olga: Client,
    client: Client,
) -> None:
    submission = make_scored_submission(contest.phase, contest.team)
    url = contest.url(f"submissions/{submission.pk}/")
    for insider in (as_alice, as_bob, as_olga):
        assert insider.get(url).status_code == 200
        assert insider.get(f"{url}state/").status_code == 200
    assert as_charlie.get(url).status_code == 404
    assert as_charlie.get(f"{url}state/").status_code == 404
    assert client.get(url).status_code == 302
    assert client.get(f"{url}state/").status_code == 404


def test_a_submission_is_found_under_its_own_phase_only(contest: Contest, as_alice: Client) -> None:
    submission = make_scored_submission(contest.phase, contest.team)
    make_competition(slug="other")
    assert as_alice.get(f"/c/other/preliminary/submissions/{submission.pk}/").status_code == 404


def test_who_left_the_team_sees_its_submissions_no_more(contest: Contest, as_bob: Client) -> None:
    submission = make_scored_submission(contest.phase, contest.team)
    url = contest.url(f"submissions/{submission.pk}/")
    assert as_bob.get(url).status_code == 200
    contest.team.memberships.filter(user=contest.bob).update(left_at=submission.submitted_at)
    assert as_bob.get(url).status_code == 404


def test_a_strangers_list_is_empty_and_says_what_to_do(
    contest: Contest, as_charlie: Client
) -> None:
    make_scored_submission(contest.phase, contest.team, note="our secret trick")
    page = as_charlie.get(contest.url("submissions/")).content.decode()
    assert "our secret trick" not in page
    assert "You are in no team of this competition" in page


def test_an_organizer_lists_all_teams_submissions(contest: Contest, as_olga: Client) -> None:
    make_scored_submission(contest.phase, contest.team, note="our secret trick")
    page = as_olga.get(contest.url("submissions/")).content.decode()
    assert "our secret trick" in page
    assert "Frameland" in page


@pytest.mark.parametrize("path", ["/account/tokens/", "/c/watch-and-buy/team/"])
def test_personal_pages_ask_to_sign_in(contest: Contest, client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_the_private_split_is_for_organizers(
    contest: Contest, as_alice: Client, as_olga: Client, client: Client
) -> None:
    submission = make_scored_submission(contest.phase, contest.team, splits=("A", "B"))
    for outsider in (client, as_alice):
        assert outsider.get(contest.url("board/?split=B")).status_code == 404
    assert "Split B" in as_olga.get(contest.url("board/?split=B")).content.decode()
    url = contest.url(f"submissions/{submission.pk}/")
    assert "Split B" not in as_alice.get(url).content.decode()
    assert "Split B" in as_olga.get(url).content.decode()


def test_the_admin_link_is_for_staff(as_alice: Client, as_olga: Client) -> None:
    assert b'href="/admin/"' not in as_alice.get("/").content
    assert b'href="/admin/"' in as_olga.get("/").content
