"""Jobs of identity: the mail with the link for a new password, and the end of old sessions."""

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from rapport.core import clock
from rapport.identity.models import User
from rapport.identity.sessions import forget_expired
from rapport.identity.tokens import forget_answers

TEMPLATE = "account/email/password_reset_key"


@app.task(retry=RetryStrategy(max_attempts=5, exponential_wait=4))
def send_new_password_link(email: str, address: str, language: str) -> None:
    """Send the link to whoever signs in with the e-mail; where nobody does, nothing happens.

    A job, so that asking takes the same work and the same time for every e-mail. `address` is where Rapport is
    reached; the link itself is made here and is never stored.
    """
    for user in User.objects.filter(email__iexact=email, is_active=True):
        key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        with translation.override(user.language or language or settings.LANGUAGE_CODE):
            words = {"password_reset_url": address.rstrip("/") + path.replace("UID-KEY", key)}
            subject = " ".join(render_to_string(f"{TEMPLATE}_subject.txt", words).split())
            send_mail(subject, render_to_string(f"{TEMPLATE}_message.txt", words), None, [user.email or ""])


@app.periodic(cron="20 * * * *")
@app.task(queueing_lock="forget_expired_sessions")
def forget_expired_sessions(timestamp: int) -> None:
    """Every hour: sessions that are over, and answers kept for programs that are a day old, leave nothing behind."""
    forget_expired(at=clock.now())
    forget_answers(at=clock.now())
