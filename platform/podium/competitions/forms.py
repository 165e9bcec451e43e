"""Forms of the admin: a phase with its task's own settings as fields, a truth as a file.

Which settings there are, and what they mean, the task says (`task.options` in the evaluator's
registry); the form only shows them and hands them back.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

import evaluator.tasks
from podium.competitions.models import Phase, Truth
from podium.competitions.services import check_task_settings, set_task_settings

OPTION = "option__"


def option_fields(task: str, present: Mapping[str, Any]) -> dict[str, forms.Field]:
    """Return a form field per option of the task, by name, filled with the present settings."""
    fields: dict[str, forms.Field] = {}
    for option in evaluator.tasks.get(task).options:
        initial = _value_at(present, option.path, option.default)
        if option.choices:
            field: forms.Field = forms.ChoiceField(
                choices=[(choice, choice) for choice in option.choices], initial=initial
            )
        else:
            field = forms.FloatField(initial=initial)
        field.label, field.help_text = option.label, option.help
        fields[OPTION + "__".join(option.path)] = field
    return fields


def phase_form(task: str | None, present: Mapping[str, Any]) -> type["PhaseForm"]:
    """Return the form class of a phase of this task; without a task, of a new phase."""
    fields = option_fields(task, present) if task else {}
    return type("PhaseFormOfTask", (PhaseForm,), fields)


class PhaseForm(forms.ModelForm[Phase]):
    """A phase; the task's settings are checked by the task and kept in their canonical form."""

    task = forms.ChoiceField(
        choices=lambda: [
            (name, evaluator.tasks.get(name).title) for name in evaluator.tasks.names()
        ],
        help_text="What is judged. Its settings can be changed once the phase is saved.",
    )

    class Meta:
        model = Phase
        fields = [
            "competition",
            "position",
            "title",
            "slug",
            "description",
            "task",
            "opens_at",
            "closes_at",
            "daily_limit",
            "total_limit",
            "in_flight_limit",
            "max_file_mb",
            "max_unpacked_mb",
            "selection",
            "private_share",
            "split_seed",
        ]

    def clean(self) -> dict[str, Any]:
        """Let the task check its settings, and refuse what would need a rescore."""
        cleaned = super().clean() or self.cleaned_data
        task = cleaned.get("task") or self.instance.task
        if cleaned.get("private_share") and not cleaned.get("split_seed"):
            self.add_error(
                "split_seed", "A private share needs a seed: any text that stays secret."
            )
        if any(name.startswith(OPTION) for name in self.errors):
            return cleaned  # said at the field already
        try:
            judged = check_task_settings(task=task, options=self._options(cleaned))
        except evaluator.InvalidSettings as error:
            for problem in error.problems:
                message = problem.message[:1].upper() + problem.message[1:]
                self.add_error(self._field_of(problem.path), f"{message}.")
            return cleaned
        before = self.instance.settings_digest
        if before and judged.digest != before and is_judged(self.instance):
            raise ValidationError(
                "Submissions were scored under the present settings; other settings would need "
                "all of them to be scored again. Make a new phase instead."
            )
        return cleaned

    def save(self, commit: bool = True) -> Phase:
        """Put the settings on the phase in their canonical form."""
        self.instance.task = self.cleaned_data.get("task") or self.instance.task
        set_task_settings(phase=self.instance, options=self._options(self.cleaned_data))
        return super().save(commit=commit)

    def _field_of(self, path: str) -> str | None:
        """Return the field that a problem of the settings is about, the first of a group."""
        wanted = OPTION + path.replace(".", "__")
        return next((name for name in self.fields if name.startswith(wanted)), None)

    def _options(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        options: dict[str, Any] = {}
        for name in self.fields:
            if name.startswith(OPTION) and name in cleaned:
                *groups, last = name.removeprefix(OPTION).split("__")
                place = options
                for group in groups:
                    place = place.setdefault(group, {})
                place[last] = cleaned[name]
        return options


class TruthForm(forms.ModelForm[Truth]):
    """Uploading a truth."""

    upload = forms.FileField(
        label="Truth file",
        help_text="Truth as JSON (plain, .gz or .zip), or the contest's own layout as a .zip. "
        "It is checked first; a truth with problems is never used.",
    )

    class Meta:
        model = Truth
        fields = ["phase"]

    def clean_upload(self) -> "UploadedFile[bytes]":
        """Refuse a file that is too large or empty."""
        file: UploadedFile[bytes] = self.cleaned_data["upload"]
        if (file.size or 0) > settings.TRUTH_MAX_BYTES:
            raise ValidationError(
                f"The file has {file.size:,} bytes; at most {settings.TRUTH_MAX_BYTES:,} are taken."
            )
        return file


def is_judged(phase: Phase) -> bool:
    """Whether any submission was scored by the phase's truth."""
    truth = phase.current_truth
    return truth is not None and truth.evaluations.exists()


def _value_at(present: Mapping[str, Any], path: tuple[str, ...], default: object) -> object:
    value: Any = present
    for part in path:
        if not isinstance(value, Mapping) or part not in value:
            return default
        value = value[part]
    return value
