"""The pages' small forms: they read and bound input; what it means is the services' affair."""

from django import forms

from podium.scoring.services import MAX_NOTE_LENGTH
from podium.teams.services import MAX_NAME_LENGTH


class JoinForm(forms.Form):
    """Acceptance of the rules in the version that was on the page."""

    rules_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    accepted = forms.BooleanField(
        label="I have read the rules and accept them.",
        error_messages={"required": "Read the rules and tick this box to join."},
    )


class TeamForm(forms.Form):
    """A new team's name."""

    name = forms.CharField(
        label="Team name",
        max_length=MAX_NAME_LENGTH,
        help_text="It stands on the board for everyone to see.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class NoteForm(forms.Form):
    """What a contestant writes beside a file, for the team's own memory."""

    note = forms.CharField(
        label="Note",
        required=False,
        max_length=MAX_NOTE_LENGTH,
        help_text="Seen by your team and the organizers.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class TokenForm(forms.Form):
    """A new API token's name."""

    name = forms.CharField(
        label="Name",
        max_length=80,
        help_text="What will use it, for instance “training server”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
