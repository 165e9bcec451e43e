"""The organizer's desk for competitions, phases and truths."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from podium.accounts.models import User
from podium.competitions import services
from podium.competitions.compiling import UNFINISHED
from podium.competitions.forms import OPTION, TruthForm, is_judged, option_fields, phase_form
from podium.competitions.models import Competition, Participant, Phase, Truth
from podium.core.admin import ReadOnlyAdmin, ReadOnlyInline, problem_list

FIXED_ONCE_JUDGED = ("selection", "private_share", "split_seed")


class PhaseInline(ReadOnlyInline[Phase, Competition]):
    """The phases of a competition, each with a link to its own page."""

    model = Phase
    fields = ["position", "title", "task", "opens_at", "closes_at", "current_truth"]
    readonly_fields = ["current_truth"]
    show_change_link = True


@admin.register(Competition)
class CompetitionAdmin(admin.ModelAdmin[Competition]):
    """Competitions with their pages and phases."""

    list_display = ["title", "slug", "time_zone", "is_published", "created_at"]
    list_filter = ["is_published"]
    search_fields = ["title", "slug"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [PhaseInline]

    def response_add(
        self, request: HttpRequest, obj: Competition, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Go on to its first phase."""
        self.message_user(request, "The competition is made. Now its first phase.")
        add = reverse("admin:competitions_phase_add")
        return HttpResponseRedirect(f"{add}?competition={obj.pk}&position=1")


@admin.register(Participant)
class ParticipantAdmin(ReadOnlyAdmin[Participant]):
    """Who joined, and which version of the rules was accepted."""

    list_display = ["user", "competition", "rules_version", "joined_at"]
    list_filter = ["competition"]
    list_select_related = ["user", "competition"]
    search_fields = ["user__username", "user__email"]
    fields = ["user", "competition", "rules_version", "joined_at"]


@admin.register(Phase)
class PhaseAdmin(admin.ModelAdmin[Phase]):
    """Phases: dates, quotas, sizes, the board's rule and the task's own settings."""

    list_display = ["title", "competition", "position", "task", "opens_at", "closes_at", "truth"]
    list_filter = ["competition", "task"]
    list_select_related = ["competition", "current_truth__phase__competition"]
    search_fields = ["title", "competition__title"]
    prepopulated_fields = {"slug": ["title"]}

    @admin.display(description="current truth")
    def truth(self, phase: Phase) -> str:
        """Return which truth judges, or that none does."""
        current = phase.current_truth
        if current is None:
            upload = reverse("admin:competitions_truth_add") + f"?phase={phase.pk}"
            return format_html('none, so nothing can be submitted: <a href="{}">upload</a>', upload)
        shown = reverse("admin:competitions_truth_change", args=[current.pk])
        return format_html(
            '<a href="{}">version {} of {}</a>', shown, current.version, current.file_name
        )

    def get_form(
        self, request: HttpRequest, obj: Phase | None = None, change: bool = False, **kwargs: Any
    ) -> type["ModelForm[Phase]"]:
        """Return a form with the settings of the phase's task as fields."""
        kwargs["form"] = phase_form(obj.task, obj.task_settings) if obj else phase_form(None, {})
        kwargs["fields"] = [
            field
            for _, options in self.get_fieldsets(request, obj)
            for field in options["fields"]
            if not field.startswith(OPTION) and field not in self.get_readonly_fields(request, obj)
        ]
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Phase | None = None) -> Any:
        """Group the fields by what they are for."""
        groups: list[tuple[str | None, dict[str, Any]]] = [
            (None, {"fields": ["competition", "position", "title", "slug", "description", "task"]}),
            ("When", {"fields": ["opens_at", "closes_at"]}),
            ("Quotas", {"fields": ["daily_limit", "total_limit", "in_flight_limit"]}),
            ("Files", {"fields": ["max_file_mb", "max_unpacked_mb"]}),
            ("Board", {"fields": ["selection", "private_share", "split_seed"]}),
        ]
        if obj is not None:
            names = list(option_fields(obj.task, obj.task_settings))
            groups.append(("How it is judged", {"fields": names}))
            groups.append(("Truth", {"fields": ["truth"]}))
        return groups

    def get_readonly_fields(self, request: HttpRequest, obj: Phase | None = None) -> list[str]:
        """Fix what can't change any more: the task at once, the rules once submissions count."""
        fixed = ["truth"]
        if obj is not None:
            fixed.append("task")
            if is_judged(obj):
                fixed.extend(FIXED_ONCE_JUDGED)
        return fixed

    def save_model(self, request: HttpRequest, obj: Phase, form: Any, change: bool) -> None:
        """Save; a truth that was split by other settings is compiled again."""
        super().save_model(request, obj, form, change)
        if change and {"private_share", "split_seed"} & set(form.changed_data):
            services.recompile_truth(phase=obj)

    def response_add(
        self, request: HttpRequest, obj: Phase, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Go on to the phase's page, where the task's settings are."""
        self.message_user(
            request, "The phase is made. Check how it is judged below, then upload its truth."
        )
        return HttpResponseRedirect(reverse("admin:competitions_phase_change", args=[obj.pk]))


@admin.register(Truth)
class TruthAdmin(ReadOnlyAdmin[Truth]):
    """Truths: upload, watch the check, read the problems. A truth can't be downloaded again."""

    form = TruthForm
    list_display = ["phase", "version", "state", "is_current", "file_name", "uploaded_at"]
    list_filter = ["state", "phase__competition"]
    list_select_related = ["phase__competition", "phase__current_truth"]
    fields = [
        "phase",
        "version",
        "state",
        "use",
        "problem_list",
        "warning_list",
        "contents",
        "file_name",
        "file_size",
        "sha256",
        "digest",
        "uploaded_by",
        "uploaded_at",
        "finished_at",
    ]

    @admin.display(description="use")
    def use(self, truth: Truth) -> str:
        """Say what the truth is for now, and if for nothing, why."""
        current = truth.phase.current_truth
        if truth.state == Truth.State.REFUSED and current != truth:
            return "none: it has problems"
        if current == truth:
            return "it judges this phase"
        if truth.state != Truth.State.READY:
            return "none yet: it is being checked"
        assert current is not None, "the first ready truth becomes current"
        return (
            f"none: submissions were scored by version {current.version} already, and another "
            "truth would need all of them to be scored again"
        )

    @admin.display(boolean=True, description="current")
    def is_current(self, truth: Truth) -> bool:
        """Return whether the phase is judged by it."""
        return truth.phase.current_truth_id == truth.pk

    @admin.display(description="problems")
    def problem_list(self, truth: Truth) -> str:
        """Return the problems that were found, each with its place."""
        return problem_list(truth.problems, truth.problem_count)

    @admin.display(description="warnings")
    def warning_list(self, truth: Truth) -> str:
        """Return what is odd in it, but not refused."""
        return problem_list([("", warning) for warning in truth.manifest.get("warnings", [])])

    @admin.display(description="contents")
    def contents(self, truth: Truth) -> str:
        """Return what was counted in it, in all and by split."""
        counts = dict(truth.manifest.get("counts", {}))
        splits = counts.pop("splits", {})
        rows = [
            ("all", _counted(counts)),
            *((f"split {k}", _counted(v)) for k, v in splits.items()),
        ]
        return format_html_join("", "<p>{}: {}</p>", rows) if counts else "not counted yet"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Allow what Django's permissions allow; a kept truth stays as it is."""
        return admin.ModelAdmin.has_add_permission(self, request)

    def get_fields(self, request: HttpRequest, obj: Truth | None = None) -> Any:
        """Return the upload form for a new truth, the whole row for a kept one."""
        return self.fields if obj else ["phase", "upload"]

    def get_readonly_fields(self, request: HttpRequest, obj: Truth | None = None) -> Any:
        """Return everything for a kept truth: it is replaced by its next version, not edited."""
        return self.fields if obj else []

    def save_model(self, request: HttpRequest, obj: Truth, form: Any, change: bool) -> None:
        """Keep the upload as the phase's next version and have it compiled."""
        assert isinstance(request.user, User)
        file = form.cleaned_data["upload"]
        kept = services.add_truth(
            phase=form.cleaned_data["phase"], file=file, file_name=file.name, by=request.user
        )
        obj.pk, obj.version = kept.pk, kept.version

    def response_add(
        self, request: HttpRequest, obj: Truth, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Go to the truth's page, which shows how the check comes on."""
        self.message_user(request, "The truth is uploaded and being checked.")
        return HttpResponseRedirect(reverse("admin:competitions_truth_change", args=[obj.pk]))

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kw: Any) -> Any:
        """Show the truth, and look again every two seconds while it is being checked."""
        response = super().change_view(request, object_id, *args, **kw)
        unfinished: QuerySet[Truth] = Truth.objects.filter(state__in=UNFINISHED)
        if object_id.isascii() and object_id.isdigit() and unfinished.filter(pk=object_id).exists():
            response["Refresh"] = "2"
        return response


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in counts.items())
