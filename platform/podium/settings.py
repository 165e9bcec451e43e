"""Settings, read from the environment; every variable is listed in docs/settings.md.

Without any variable this is a developer's machine: `make run` and `make test` set DATABASE_URL and
BROKER_URL themselves. In production set PODIUM_DEBUG=0 and a PODIUM_SECRET_KEY.
"""

import os
from datetime import timedelta
from pathlib import Path

import dj_database_url
import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured

# Makes Django's generic classes subscriptable, as their annotations want them.
django_stubs_ext.monkeypatch()

ROOT = Path(__file__).resolve().parents[2]


def env_text(name: str, default: str = "") -> str:
    """Return the variable, stripped, or the default."""
    return os.environ.get(name, default).strip()


def env_flag(name: str, *, default: bool) -> bool:
    """Return whether the variable says yes (1, true, yes, on)."""
    return env_text(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def env_number(name: str, default: int) -> int:
    """Return the variable as a whole number; say which one is wrong if it is none."""
    value = env_text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None


def env_list(name: str, default: str = "") -> list[str]:
    """Return the variable split at commas."""
    return [part.strip() for part in env_text(name, default).split(",") if part.strip()]


def secret_key() -> str:
    """Return PODIUM_SECRET_KEY, or the text of the file that PODIUM_SECRET_KEY_FILE names."""
    if key := env_text("PODIUM_SECRET_KEY"):
        return key
    if file := env_text("PODIUM_SECRET_KEY_FILE"):
        return Path(file).read_text(encoding="utf-8").strip()
    if DEBUG:
        return "only-for-development-and-tests-never-for-a-site-that-others-reach"
    raise ImproperlyConfigured(
        "Set PODIUM_SECRET_KEY (or PODIUM_SECRET_KEY_FILE) to a long random text; "
        "`openssl rand -base64 48` makes one."
    )


# --- this installation -------------------------------------------------------------------------
DEBUG = env_flag("PODIUM_DEBUG", default=False)
DATA = Path(env_text("PODIUM_DATA", str(ROOT / "data"))).resolve()
TESTING = "PYTEST_VERSION" in os.environ
# Set by `make run`: one machine, plain HTTP, static files straight from their folders.
LOCAL = TESTING or env_flag("PODIUM_LOCAL", default=False)
ALLOWED_HOSTS = env_list("PODIUM_HOSTS", "localhost,127.0.0.1,[::1]" if LOCAL else "")
CSRF_TRUSTED_ORIGINS = env_list("PODIUM_ORIGINS")
SECRET_KEY = "tests" if TESTING else secret_key()
SITE_NAME = env_text("PODIUM_SITE_NAME", "Podium")

# --- apps --------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "axes",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "podium.core",
    "podium.accounts",
    "podium.competitions",
    "podium.teams",
    "podium.submissions",
    "podium.leaderboards",
    "podium.scoring",
    "podium.web",
    "podium.api",
    "podium.local",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "podium.web.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "podium.web.body_limit.BodyLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "podium.web.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "podium.urls"
WSGI_APPLICATION = "podium.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "podium.web.context.site",
            ]
        },
    }
]

# --- data --------------------------------------------------------------------------------------
DATABASE_URL = env_text("DATABASE_URL", "postgres:///podium")
DATABASES = {
    "default": {
        **dj_database_url.parse(DATABASE_URL, conn_health_checks=True),
        # The pool is per process: web threads share it, a worker process uses one or two.
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "pool": {
                "min_size": 1,
                "max_size": env_number("PODIUM_DATABASE_POOL", 8),
                "timeout": 10,
            },
            "connect_timeout": 5,
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STORAGES = {
    "default": {
        "BACKEND": "podium.core.storage.PrivateFileSystemStorage",
        "OPTIONS": {"location": DATA / "files", "base_url": None},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
TRUTH_CACHE = Path(env_text("PODIUM_TRUTH_CACHE", str(DATA / "cache" / "truths")))
# Shared by all processes of this machine: allauth counts its other limits here.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA / "cache" / "django",
    }
}
FILE_UPLOAD_TEMP_DIR = None
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
STATIC_URL = "static/"
STATIC_ROOT = None if LOCAL else ROOT / "staticfiles"
STATICFILES_DIRS = [ROOT / "static"]
WHITENOISE_USE_FINDERS = LOCAL
WHITENOISE_AUTOREFRESH = False

# --- people ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "web:home"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = env_text("PODIUM_EMAIL_VERIFICATION", "optional")
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_BY_CODE_ENABLED = False
# Failed logins are axes' affair: one rule, kept in the database, with a page of its own.
ACCOUNT_RATE_LIMITS = {"login_failed": False}
ACCOUNT_USERNAME_BLACKLIST = ["admin", "podium", "organizer", "root"]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_VERBOSE = False
AXES_USERNAME_CALLABLE = "podium.accounts.lockout.locked_name"
ACCOUNT_ADAPTER = "podium.accounts.adapter.AccountAdapter"
AXES_ENABLE_ADMIN = False  # its tables are for the log, not for the desk
AXES_LOCKOUT_TEMPLATE = "web/lockout.html"
EMAIL_BACKEND = env_text("PODIUM_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
DEFAULT_FROM_EMAIL = env_text("PODIUM_EMAIL_FROM", "podium@localhost")

# --- security ----------------------------------------------------------------------------------
HTTPS = env_flag("PODIUM_HTTPS", default=not (LOCAL or DEBUG))
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env_flag("PODIUM_BEHIND_PROXY", default=False) else None
)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"

# --- language and time -------------------------------------------------------------------------
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = "podium.formats"

# --- the farm ----------------------------------------------------------------------------------
LEASE_SECONDS = env_number("PODIUM_LEASE_SECONDS", 15)
RESEND_SECONDS = env_number("PODIUM_RESEND_SECONDS", 10)
SWEEP_SECONDS = env_number("PODIUM_SWEEP_SECONDS", 3)
SCORING_TRIES = 3
SCORING_WALL_SECONDS = env_number("PODIUM_SCORING_SECONDS", 120)
SCORING_MEMORY_BYTES = env_number("PODIUM_SCORING_MEMORY_MB", 2048) * 1024 * 1024
COMPILE_WALL_SECONDS = env_number("PODIUM_COMPILE_SECONDS", 900)
COMPILE_MEMORY_BYTES = env_number("PODIUM_COMPILE_MEMORY_MB", 8192) * 1024 * 1024
TRUTH_MAX_BYTES = env_number("PODIUM_TRUTH_MAX_MB", 2048) * 1024 * 1024

BROKER_URL = env_text("BROKER_URL", "redis://localhost:6379/0")
CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "maintenance"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Truths may take minutes; nothing runs longer than this.
CELERY_TASK_TIME_LIMIT = COMPILE_WALL_SECONDS + 300
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        # Above the hard time limit, or a long task is delivered a second time; the restore of a
        # killed worker's tasks is looked for often, or they would wait 100 s.
        "visibility_timeout": CELERY_TASK_TIME_LIMIT + 60,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        # A send that finds no broker gives up at once: the sweep sends it again, no page waits.
        # Queues in the order that the worker names them, not in turns.
        "queue_order_strategy": "priority",
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.1,
        "interval_max": 0.2,
    }
    if BROKER_URL.startswith(("redis", "valkey"))
    else {}
)
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "podium.scoring.tasks.sweep",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": 30},
    },
    "sweep-uploads": {
        "task": "podium.submissions.tasks.sweep_uploads",
        "schedule": 3600,
        "options": {"expires": 3600},
    },
}

# --- REST --------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "podium.api.authentication.TokenAuthentication",
    ],
    "DEFAULT_PARSER_CLASSES": ["podium.api.parsers.ShallowJSONParser"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "podium.api.schema.SummarizingSchema",
    "DEFAULT_VERSIONING_CLASS": None,
    "EXCEPTION_HANDLER": "podium.api.problems.problem_response",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Podium API",
    "DESCRIPTION": "Upload prediction files, follow their scoring, read the boards.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATIONS": False,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": env_text("PODIUM_LOG_LEVEL", "INFO")},
}
