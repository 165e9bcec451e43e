"""A person's API tokens: made (and shown once), listed, revoked."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from podium.accounts.models import ApiToken
from podium.accounts.services import create_api_token, revoke_api_token
from podium.web.forms import TokenForm
from podium.web.lookup import signed_in

TOKENS_A_PAGE = 20


@never_cache  # a new token's text is in this very answer, and nowhere else
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """List the user's tokens; a POST makes one and shows its text this one time."""
    user = signed_in(request)
    form = TokenForm(request.POST or None)
    text = ""
    if request.method == "POST" and form.is_valid():
        _, text = create_api_token(user=user, name=form.cleaned_data["name"])
        form = TokenForm()
    rows = ApiToken.objects.filter(user=user)
    context = {
        "form": form,
        "text": text,
        "page": Paginator(rows, TOKENS_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "web/tokens.html", context, status=400 if form.errors else 200)


@login_required
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """Revoke one of the user's own tokens."""
    if request.method != "POST":  # back from signing in: the buttons are on the page
        return redirect("web:tokens")
    if revoke_api_token(user=signed_in(request), token_id=token_id):
        messages.success(request, "The token is revoked: nothing can use it any more.")
    else:
        messages.info(request, "There is no such token, or it was revoked before.")
    return redirect("web:tokens")
