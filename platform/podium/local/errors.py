"""What ends a one-machine command early: a plain message for the person, or their wish to stop."""


class CannotStartError(Exception):
    """Something is in the way; the text says what, and what to do about it."""


class StopAskedError(Exception):
    """Ctrl-C, SIGTERM or SIGHUP came while something was being prepared."""
