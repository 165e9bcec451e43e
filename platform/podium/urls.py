"""All addresses: pages, accounts, REST, admin."""

from django.contrib import admin
from django.urls import include, path

admin.site.site_header = "Podium: the organizer's desk"
admin.site.site_title = "Podium"
admin.site.index_title = "Desk"

urlpatterns = [
    path("", include("podium.web.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("api/", include("podium.api.urls")),
    path("admin/", admin.site.urls),
]
