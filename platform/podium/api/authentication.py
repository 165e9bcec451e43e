"""`Authorization: Bearer pod_…`: the only way into REST, so that no cookie can be misused."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from podium.accounts.models import ApiToken, User
from podium.accounts.services import authenticate_api_token


class TokenAuthentication(BaseAuthentication):
    """Signs in the owner of a live API token."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return user and token, None without the header; refuse a token that is not live."""
        kind, _, text = get_authorization_header(request).decode("latin-1").partition(" ")
        if kind.lower() != "bearer":
            return None
        token = authenticate_api_token(text=text.strip())
        if token is None:
            raise AuthenticationFailed("This token is unknown or was revoked.")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of a 401."""
        del request
        return 'Bearer realm="podium"'


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes the token."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """Return the OpenAPI security scheme."""
        del auto_schema
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "An API token, made on the site under “API tokens”.",
        }
