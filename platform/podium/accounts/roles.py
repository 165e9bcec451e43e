"""Who a reader is to the platform (the roles of one competition come with the organizer's desk)."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

AnyUser = AbstractBaseUser | AnonymousUser


def is_organizer(user: AnyUser) -> bool:
    """Whether this user works in the admin."""
    return bool(user.is_active and getattr(user, "is_staff", False))
