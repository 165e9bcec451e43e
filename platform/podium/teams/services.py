"""Writing teams. One team a person in a competition is held by the database."""

from django.db import IntegrityError, transaction

from podium.accounts.models import User
from podium.competitions.models import Competition, Participant
from podium.core.refusals import NotAllowed, Refusal
from podium.teams.models import Membership, Team

CONSTRAINTS = {
    "team_name_once_per_competition": (
        "team_name_taken",
        "Another team has this name.",
        "Choose another one.",
    ),
    "one_team_a_person_in_a_competition": (
        "already_in_a_team",
        "You are in a team of this competition already.",
        "Submit with that team.",
    ),
}
MAX_NAME_LENGTH = 60


def create_team(*, competition: Competition, captain: User, name: str) -> Team:
    """Return the new team with its captain as its only member.

    Raises Refusal if the name is taken or empty, or the person has a team; NotAllowed if the
    person has not joined the competition under its present rules.
    """
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME_LENGTH or not name.isprintable():
        raise Refusal(
            "team_name_invalid",
            f"A team's name has 1 to {MAX_NAME_LENGTH} visible characters.",
            "Choose another one.",
        )
    if not Participant.objects.filter(
        competition=competition, user=captain, rules_version=competition.rules_version
    ).exists():
        raise NotAllowed(
            "not_joined",
            "You have not joined this competition under its present rules.",
            "Read the rules and join first.",
        )
    try:
        with transaction.atomic():
            team = Team.objects.create(competition=competition, captain=captain, name=name)
            Membership.objects.create(team=team, competition=competition, user=captain)
    except IntegrityError as error:
        raise _refusal(error) from error
    return team


def _refusal(error: IntegrityError) -> Exception:
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
    known = CONSTRAINTS.get(name or "")
    return Refusal(*known) if known else error
