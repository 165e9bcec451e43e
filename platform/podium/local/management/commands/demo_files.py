"""`manage.py demo_files FOLDER`: a truth and prediction files to upload by hand."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from podium.local import demo


class Command(BaseCommand):
    """Write files that fit the demo contest's first phase."""

    help = "Write a truth and prediction files of the demo's preliminary, to upload by hand."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder."""
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write and list them."""
        del args
        for path in demo.write_demo_files(options["folder"]):
            self.stdout.write(f"{path}  {path.stat().st_size:,} bytes")
