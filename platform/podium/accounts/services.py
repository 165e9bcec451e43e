"""Making, checking and revoking API tokens."""

import hashlib
import hmac
import secrets
from datetime import timedelta

from podium.accounts.models import ApiToken, User
from podium.core import clock

PREFIX_BYTES = 4
SECRET_BYTES = 30
LAST_USED_GRAIN = timedelta(minutes=1)


def create_api_token(*, user: User, name: str) -> tuple[ApiToken, str]:
    """Return the new token's row and its text, which is not kept and can't be shown again."""
    prefix = secrets.token_hex(PREFIX_BYTES)
    text = f"pod_{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
    token = ApiToken.objects.create(user=user, name=name, prefix=prefix, digest=_digest(text))
    return token, text


def authenticate_api_token(*, text: str) -> ApiToken | None:
    """Return the live token whose text this is, its user active, or None."""
    kind, _, rest = text.partition("_")
    prefix = rest.partition("_")[0]
    if kind != "pod" or not prefix.isascii() or len(prefix) != 2 * PREFIX_BYTES:
        return None
    token = (
        ApiToken.objects.select_related("user")
        .filter(prefix=prefix, revoked_at=None, user__is_active=True)
        .first()
    )
    if token is None or not hmac.compare_digest(token.digest, _digest(text)):
        return None
    now = clock.now()
    if token.last_used_at is None or now - token.last_used_at > LAST_USED_GRAIN:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def revoke_api_token(*, user: User, token_id: int) -> bool:
    """Revoke the user's own token; return whether there was a live one."""
    live = ApiToken.objects.filter(pk=token_id, user=user, revoked_at=None)
    return live.update(revoked_at=clock.now()) > 0


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
