"""The Celery application: the worker, beat and every sender share it.

The broker is a hint: each task names a row, and the database decides whether there is work. The
queues and delivery rules are settings (`CELERY_*`); what the tasks do is in each app's `tasks`.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "podium.settings")

app = Celery("podium")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
