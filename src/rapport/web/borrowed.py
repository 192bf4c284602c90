"""Texts that Django and allauth show and that lack Vietnamese there; our catalogue comes first."""

from django.utils.translation import gettext_noop as _

FROM_ALLAUTH = (
    _("A user is already registered with this email address."),
    _("Current Password"),
    _("Email"),
    _("Email address"),
    _("Forgot your password?"),
    _("Incorrect password."),
    _("Invalid login."),
    _("Invalid or expired key."),
    _("New Password"),
    _("New Password (again)"),
    _("Password"),
    _("Password (again)"),
    _("Password successfully changed."),
    _("Password successfully set."),
    _("Please type your current password."),
    _("Remember Me"),
    _("Successfully signed in as %(name)s."),
    _("The email address and/or password you specified are not correct."),
    _("The email address is not assigned to any user account."),
    _("The new value must be different from the current one."),
    _("The password reset token was invalid."),
    _("This account is currently inactive."),
    _("Use a security key"),
    _("Use authenticator app or code"),
    _("Use your password"),
    _("You cannot generate recovery codes without having two-factor authentication enabled."),
    _("You have signed out."),
    _("You must type the same password each time."),
)
FROM_DJANGO = (
    _("CSRF verification failed. Request aborted."),
    _("Enter a complete value."),
    _("Forbidden"),
    _("Null characters are not allowed."),
    _("“%(pk)s” is not a valid value."),
)
