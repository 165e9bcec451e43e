"""`manage.py demo`: the demo contest, made once; its accounts, printed every time."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from podium.local import demo, demo_contest

FIXED_PASSWORD = "watch-and-buy"  # noqa: S105 - printed; only where nobody else can reach the site
LOOPBACK = {"", "127.0.0.1", "localhost", "::1"}


class Command(BaseCommand):
    """Make the demo contest if it is not there, and say how to sign in."""

    help = "Make the demo contest “Watch and Buy” (once) and print its accounts."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make, wait, print."""
        del args, options
        data = Path(settings.DATA)
        password = _password(data / "demo-password")
        try:
            if not demo.is_made():
                demo.make_demo(
                    password=password,
                    token_file=data / "demo-token",
                    say=lambda text: self.stdout.write(f"demo: {text}"),
                )
        except demo.DemoError as error:
            raise CommandError(str(error)) from error
        teams = ", ".join(team.captain for team in demo_contest.TEAMS[1:])
        self.stdout.write(
            f"demo: contest    /c/{demo_contest.SLUG}/\n"
            f"demo: contestant {demo_contest.CONTESTANT} / {password}   (also {teams})\n"
            f"demo: organizer  {demo_contest.ORGANIZER} / {password}   at /admin/\n"
            f"demo: API token  of {demo_contest.CONTESTANT}, in {data / 'demo-token'}"
        )


def _password(file: Path) -> str:
    """Return the demo's password: a fixed one on a site that only this machine reaches."""
    if file.is_file():
        return file.read_text(encoding="utf-8").strip()
    alone = os.environ.get("PODIUM_HOST", "").strip() in LOOPBACK
    password = FIXED_PASSWORD if alone else demo.new_password()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(password + "\n", encoding="utf-8")
    return password
