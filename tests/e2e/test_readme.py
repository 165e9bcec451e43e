"""The README's shell lines, run as they stand against the site (its port and data folder aside)."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.e2e.conftest import ROOT, Site, wait_until


def blocks() -> list[str]:
    """Return the README's shell blocks."""
    return re.findall(
        r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )


def run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-euc", script], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_lines_of_the_readme_work(site: Site, tmp_path: Path) -> None:
    curl, evaluator = blocks()
    (tmp_path / "data").symlink_to(site.data)
    for name in ("Makefile", "manage.py", "platform", "evaluator", "requirements.txt"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "installed-run").touch()
    python = tmp_path / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)

    asked = run(curl.replace("http://127.0.0.1:8000", site.address), tmp_path)
    assert asked.returncode == 0, asked.stderr
    answers = [json.loads(line) for line in asked.stdout.splitlines() if line.startswith("{")]
    submitted, listed, quota, board = answers
    assert submitted["state"] == "queued", submitted
    assert listed["results"][0]["id"] == submitted["id"]
    assert quota["used_today"] == 4
    assert board["total"] == 5

    def is_first() -> bool:
        again = run(f"curl -sS {site.address}{_path(curl)}/board/", tmp_path)
        return bool(json.loads(again.stdout)["rows"][0]["submissions"] == quota["used_today"])

    wait_until(is_first, "the README's file to stand first on the board")

    score, validate = (run(line, tmp_path) for line in evaluator.strip().splitlines())
    assert score.returncode == 0, score.stderr
    assert re.search(r"0\.83\d{4}", score.stdout)
    assert validate.returncode == 2
    assert "frame_index" in validate.stdout + validate.stderr


def _path(curl: str) -> str:
    found = re.search(r"PHASE=http://127\.0\.0\.1:8000(\S+)", curl)
    assert found
    return found.group(1)
