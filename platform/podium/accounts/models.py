"""Users and API tokens. Of a token only a digest is kept."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class User(AbstractUser):
    """A person who signs in; names and e-mail addresses are unique whatever their case."""

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(Lower("username"), name="username_once_whatever_its_case"),
            models.UniqueConstraint(
                Lower("email"), condition=~Q(email=""), name="email_once_whatever_its_case"
            ),
        ]

    def __str__(self) -> str:
        return self.get_username()


class ApiToken(models.Model):
    """A token for REST. `prefix` finds it, `digest` (SHA-256 of the whole token) proves it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80, help_text="What uses it, for instance “CI”.")
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"pod_{self.prefix}_… ({self.name})"
