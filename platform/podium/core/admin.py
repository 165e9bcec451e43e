"""What the desks of all apps share: rows that are looked at and never edited by hand."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join

ModelT = TypeVar("ModelT", bound=Model)
ParentT = TypeVar("ParentT", bound=Model)


class NeverAddedAdmin(admin.ModelAdmin[ModelT]):
    """Rows that people or the farm make elsewhere."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        del request
        return False


class ReadOnlyAdmin(NeverAddedAdmin[ModelT]):
    """Rows that follow from others, or must stay explainable: to read only."""

    show_full_result_count = False

    def has_change_permission(self, request: HttpRequest, obj: ModelT | None = None) -> bool:
        """Refuse."""
        del request, obj
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ModelT | None = None) -> bool:
        """Refuse."""
        del request, obj
        return False


class ReadOnlyInline(admin.TabularInline[ModelT, ParentT]):
    """Rows beside their parent: to read only."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: ParentT | None = None) -> bool:
        """Refuse."""
        del request, obj
        return False

    def has_change_permission(self, request: HttpRequest, obj: ParentT | None = None) -> bool:
        """Refuse."""
        del request, obj
        return False


def problem_list(problems: Iterable[Sequence[str]], total: int = 0) -> str:
    """Return the listed (path, message) problems as HTML, and how many more there are."""
    listed = list(problems)
    if not listed:
        return "none"
    rows = format_html_join("", "<li><code>{}</code> {}</li>", listed)
    more = total - len(listed)
    return format_html("<ul>{}</ul>{}", rows, f"… and {more} more" if more > 0 else "")
