"""How gunicorn serves the site on one machine; read by gunicorn, not imported by Podium.

Threads, because requests wait for the database and for uploads; two processes, because there are
two cores. The address comes from the supervisor.
"""

import os
import signal
from typing import Any

from podium.local import lifeline

bind = os.environ["PODIUM_BIND"]
workers = 2
threads = 4
worker_class = "gthread"
preload_app = True  # Django is loaded once: half the start, and the workers share its memory
timeout = 60
graceful_timeout = 5
keepalive = 5
reload = False
control_socket_disable = True  # it would lie in the home folder, shared by all sites of a user
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - gunicorn's heartbeat


def post_fork(server: Any, worker: Any) -> None:  # noqa: ARG001 - gunicorn's signature
    """Tie each worker to the master: alone it would serve its requests to the end, up to 5 s."""
    lifeline.die_with_parent(signal.SIGKILL, server.pid)
