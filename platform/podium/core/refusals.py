"""Refusals: what the platform says when it may not do what somebody asked for.

A service raises a `Refusal`; both faces turn it into their own form (a message on the page, problem
details in REST). Programming errors are not refusals.
"""

from typing import ClassVar


class Refusal(Exception):  # noqa: N818 - an answer to somebody, not an error of ours
    """A request that is well understood and not granted.

    `code` is stable and for programs, `message` names what is wrong and where, `remedy` what to do.
    """

    status: ClassVar[int] = 409

    def __init__(self, code: str, message: str, remedy: str = "", **facts: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class NotAllowed(Refusal):
    """The caller may not do this at all."""

    status = 403


class QuotaExceeded(Refusal):
    """A quota leaves no room now; `wait_seconds` says when there will be, if that is known."""

    status = 429

    def __init__(
        self,
        code: str,
        message: str,
        remedy: str = "",
        *,
        wait_seconds: int | None = None,
        **facts: object,
    ) -> None:
        super().__init__(code, message, remedy, **facts)
        self.wait_seconds = wait_seconds


class TooLarge(Refusal):
    """A file is larger than the phase allows."""

    status = 413
