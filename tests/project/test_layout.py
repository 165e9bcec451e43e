"""The house itself: the source root is no package, settings are documented, pins are sound."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_source_root_does_not_shadow_the_standard_library() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()
    checked = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**os.environ, "PODIUM_DEBUG": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    seen = subprocess.run(
        [sys.executable, "-c", "import platform; print(platform.python_version())"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"platform{os.pathsep}."},
        capture_output=True,
        text=True,
        check=True,
    )
    assert seen.stdout.strip()


def test_every_variable_that_settings_read_is_in_the_docs() -> None:
    read = set()
    for file in [
        ROOT / "platform/podium/settings.py",
        *(ROOT / "platform/podium/local").glob("*.py"),
    ]:
        read |= set(re.findall(r'"(PODIUM_[A-Z_]+|DATABASE_URL|BROKER_URL)"', file.read_text()))
    internal = {"PODIUM_BIND", "PODIUM_LOCAL", "PODIUM_WORKER_READY_FILE"}
    documented = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs/settings.md").read_text()))
    assert read - internal <= documented, "write them into docs/settings.md"
    assert {name for name in documented if name.startswith("PODIUM_")} <= read


def test_every_make_target_is_in_the_help_and_the_readme_names_the_two() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    explained = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    assert set(phony.group(1).split()) - {"chromium"} == explained
    readme = (ROOT / "README.md").read_text()
    assert "make run" in readme
    assert "make test" in readme


def test_pins_have_hashes_and_no_address() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        pins = re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE)
        assert len(pins) > 20
        assert text.count("--hash=sha256:") >= len(pins)


def test_every_code_of_a_refusal_is_in_the_docs() -> None:
    raised = set()
    podium = ROOT / "platform" / "podium"
    for file in set(podium.rglob("*.py")) - set((podium / "web").rglob("*.py")):
        calls = r'(?:Refusal|NotAllowed|QuotaExceeded|TooLarge)\(\s*"([a-z_]+)"'
        raised |= set(re.findall(calls, file.read_text()))
    assert len(raised) > 10
    documented = set(re.findall(r"`([a-z_]+)`", (ROOT / "docs/api.md").read_text()))
    assert raised <= documented, "write them into docs/api.md"
