"""The WSGI entry for gunicorn: `podium.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "podium.settings")

application = get_wsgi_application()
