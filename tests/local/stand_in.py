"""A small site for the tests of the supervisor: the real keeper and servers, stand-in programs.

Started as `python stand_in.py KIND`; what the supervisor does with programs does not depend on
what they are, so here they are as small, or as stubborn, as a test wants.
"""

import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from podium.local import commands, folders
from podium.local.processes import Launch
from podium.local.site_plan import Address, Plan, environment
from podium.local.supervisor import Program

HERE = Path(__file__).parent

# Two descendants, one of them a daemon; says in a file that it stands.
PARENT = """
import pathlib, signal, subprocess, sys, time
if sys.argv[2] == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
subprocess.Popen(sleep)
subprocess.Popen(sleep, start_new_session=True)
pathlib.Path(sys.argv[1]).touch()
time.sleep(600)
"""


def program(data: Path, variables: Mapping[str, str], name: str, *command: str) -> Launch:
    log = folders.log_file(data, name)
    return Launch(name, (sys.executable, *command), log, variables, HERE)


def small(data: Path, urls: Mapping[str, str], address: Address, temper: str = "mild") -> Plan:
    variables = environment(data, urls, address)
    stands = data / "worker-ready"
    stands.unlink(missing_ok=True)
    served = ("-m", "http.server", str(address.port), "--bind", address.host)
    worker = program(data, variables, "worker", "-c", PARENT, str(stands), temper)
    web = program(data, variables, "web", *served, "--directory", str(data / "logs"))
    patience = 60.0 if temper == "stubborn" else 5.0
    return Plan(
        setup=(program(data, variables, "migrate", "-c", "print('migrated')"),),
        programs=(
            Program(worker, ((signal.SIGTERM, patience),), stands.exists),
            Program(web, ((signal.SIGTERM, 5.0),), address.answers),
        ),
        web="web",
        address=address.url,
        last=Launch("demo", (sys.executable, "-c", "print('demo made')"), environment=variables),
    )


def stubborn(data: Path, urls: Mapping[str, str], address: Address) -> Plan:
    return small(data, urls, address, "stubborn")


def broken(data: Path, urls: Mapping[str, str], address: Address) -> Plan:
    variables = environment(data, urls, address)
    told = "import sys; sys.exit('no such table: anything')"
    return Plan(setup=(program(data, variables, "migrate", "-c", told),))


def dying(data: Path, urls: Mapping[str, str], address: Address) -> Plan:
    variables = environment(data, urls, address)
    worker = program(data, variables, "worker", "-c", "import sys; sys.exit('I cannot live')")
    return Plan(programs=(Program(worker, (), lambda: False),))


def farm(data: Path, urls: Mapping[str, str], address: Address) -> Plan:
    """Real gunicorn and a real Celery prefork worker; both can be made busy."""
    variables = environment(data, urls, address)
    variables["PYTHONPATH"] = f"{variables['PYTHONPATH']}:{HERE}"
    del variables["DJANGO_SETTINGS_MODULE"]  # Celery would set Django up
    config = str(Path(commands.__file__).with_name("gunicorn_config.py"))
    hooks = ("--include", "podium.local.farm_hooks", "--without-mingle", "--without-gossip")
    ready = data / "worker-ready"
    ready.unlink(missing_ok=True)
    celery = ("-m", "celery", "-A", "busy_farm", "worker", "-c", "2", "-l", "INFO", *hooks)
    web = program(data, variables, "web", "-m", "gunicorn", "-c", config, "busy_farm:application")
    return Plan(
        programs=(
            Program(
                program(data, variables, "worker", *celery), ((signal.SIGTERM, 2.0),), ready.exists
            ),
            Program(web, ((signal.SIGTERM, 2.0),), address.answers),
        ),
        web="web",
        address=address.url,
    )


if __name__ == "__main__":
    plans = {plan.__name__: plan for plan in (small, stubborn, broken, dying, farm)}
    sys.exit(commands.run(plans[sys.argv[1]]))
