"""One's own account, and signing in."""

from allauth.account import views as account
from django.urls import include, path
from django.views.generic import RedirectView

from regulars.desk.account import views

_own = (
    [
        path("", views.profile, name="profile"),
        path("security/", views.security, name="security"),
        path("invitation/<str:token>/", views.invitation, name="invitation"),
    ],
    "account",
)

# allauth finds its own pages by these names; there is neither signing up nor mail.
_allauth = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", views.by_invitation_only, name="account_signup"),
    path("password/reset/", views.forgotten_password, name="account_reset_password"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("security/mfa/", RedirectView.as_view(pattern_name="account:security"), name="mfa_index"),
    path("security/mfa/", include("allauth.mfa.urls")),
    path("security/sessions/", include("allauth.usersessions.urls")),
]

urlpatterns = [path("", include(_own)), *_allauth]
