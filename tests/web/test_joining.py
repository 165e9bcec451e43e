"""From stranger to submitter: joining under the rules, making a team."""

from django.test import Client

from podium.competitions.models import Participant
from podium.teams.models import Team
from tests.web.conftest import Contest

JOIN = "/c/watch-and-buy/join/"
TEAM = "/c/watch-and-buy/team/"
ACCEPTED = {"rules_version": 1, "accepted": "on"}


def next_step(client: Client) -> str:
    """Return the text of the card that says what to do next."""
    page = client.get("/c/watch-and-buy/").content.decode()
    return page.split('id="next-step"')[1].split("</section>")[0]


def test_each_step_leads_to_the_next(contest: Contest, as_charlie: Client, client: Client) -> None:
    assert "Sign up" in next_step(client)
    assert "Join the competition" in next_step(as_charlie)
    assert as_charlie.post(JOIN, ACCEPTED)["Location"] == TEAM
    assert "Create a team" in next_step(as_charlie)
    assert as_charlie.post(TEAM, {"name": "Lone Wolf"})["Location"] == TEAM
    assert "Submit to Preliminary" in next_step(as_charlie)
    assert "Lone Wolf" in as_charlie.get(TEAM).content.decode()


def test_joining_without_the_tick_is_refused_in_place(contest: Contest, as_charlie: Client) -> None:
    answer = as_charlie.post(JOIN, {"rules_version": 1})
    assert answer.status_code == 400
    assert "Read the rules and tick this box to join." in answer.content.decode()
    assert not Participant.objects.filter(user=contest.charlie).exists()


def test_accepting_rules_that_changed_meanwhile_is_refused(
    contest: Contest, as_charlie: Client
) -> None:
    contest.competition.rules_version = 2
    contest.competition.save()
    answer = as_charlie.post(JOIN, ACCEPTED)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "The rules have changed since you read them." in page
    assert 'name="rules_version" value="2"' in page


def test_new_rules_are_accepted_anew(contest: Contest, as_alice: Client) -> None:
    contest.competition.rules_version = 2
    contest.competition.save()
    assert "Accept the present rules" in next_step(as_alice)
    assert as_alice.post(JOIN, {"rules_version": 2, "accepted": "on"}).status_code == 302
    assert "Submit to Preliminary" in next_step(as_alice)


def test_nobody_joins_without_signing_in(contest: Contest, client: Client) -> None:
    answer = client.post(JOIN, ACCEPTED)
    assert answer["Location"].startswith("/accounts/login/")


def test_a_taken_name_is_refused_in_place(contest: Contest, as_charlie: Client) -> None:
    as_charlie.post(JOIN, ACCEPTED)
    answer = as_charlie.post(TEAM, {"name": "frameland"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Another team has this name." in page
    assert 'aria-describedby="id_name_helptext id_name_error"' in page
    assert Team.objects.filter(competition=contest.competition).count() == 1


def test_a_stranger_is_sent_to_the_rules_before_a_team(
    contest: Contest, as_charlie: Client
) -> None:
    assert "Join the competition first" in as_charlie.get(TEAM).content.decode()
    assert as_charlie.post(TEAM, {"name": "Too Soon"}).status_code == 403
    assert not Team.objects.filter(name="Too Soon").exists()


def test_a_member_sees_who_is_in_the_team(contest: Contest, as_bob: Client) -> None:
    page = as_bob.get(TEAM).content.decode()
    assert "alice" in page
    assert "Captain" in page
    assert "bob" in page
