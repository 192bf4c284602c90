"""Django settings: read once from the environment, with defaults that run on a laptop."""

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from rapport.config import home, postgres

PACKAGE = Path(__file__).resolve().parent.parent
HOME = home.path()
DEBUG = os.environ.get("RAPPORT_DEBUG") == "1"
SECRET_KEY = os.environ.get("SECRET_KEY") or home.secret_key()
ALLOWED_HOSTS = os.environ.get("RAPPORT_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("RAPPORT_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "rapport.core",
    "rapport.history",
    "rapport.identity",
    "rapport.fields",
    "rapport.people",
    "rapport.timeline",
    "rapport.commerce",
    "rapport.deals",
    "rapport.insight",
    "rapport.imports",
    "rapport.segments",
    "rapport.lists",
    "rapport.webhooks",
    "rapport.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "django_vite",
    "pgtrigger",
    "procrastinate.contrib.django",
    "rapport.config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "rapport.web.history.middleware.acting_by_request",
    "rapport.web.middleware.language_of_the_user",
    "rapport.api.middleware.told_as_problems",
    "rapport.web.accounts.door.known_device",
    "rapport.web.middleware.signed_in_only",
    "rapport.web.accounts.door.second_factor_first",
    "django.contrib.messages.middleware.MessageMiddleware",
    "rapport.web.middleware.messages_as_toasts",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "rapport.web.middleware.ErrorsInWords",
]

ROOT_URLCONF = "rapport.config.urls"
WSGI_APPLICATION = "rapport.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "rapport.web.shell.context",
            ],
            "builtins": ["rapport.web.templatetags.look", "django.templatetags.i18n"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": postgres.django_database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = [
    "rapport.identity.backends.WithRole",
    "rapport.identity.backends.ByPassword",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "rapport.web.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
# All last five minutes, so that one sentence says when to try again.
ACCOUNT_RATE_LIMITS = {
    "login": "60/5m/ip",
    "login_failed": "30/5m/ip,5/5m/key",
    "reauthenticate": "10/5m/user",
    "change_password": "5/5m/user",
    "reset_password": "20/5m/ip,5/5m/key",
    "reset_password_from_key": "20/5m/ip",
    "entry_link": "20/5m/ip",
    "openid": "60/5m/ip",
    "passkey": "120/5m/ip",
}
ACCOUNT_FORMS = {"reset_password": "rapport.web.accounts.code_forms.NewPasswordLinkForm"}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
PASSWORD_RESET_TIMEOUT = 4 * 3600
# Whose word counts for where a request came from and how.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("RAPPORT_PROXIES", "0"))
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
MFA_ADAPTER = "rapport.web.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
# One step of thirty seconds each way: a phone's clock may be wrong by that much.
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = {"webauthn_login": "30/5m/ip"}
MFA_FORMS = {
    "authenticate": "rapport.web.accounts.code_forms.CodeForm",
    "reauthenticate": "rapport.web.accounts.code_forms.ConfirmingCodeForm",
    "activate_totp": "rapport.web.accounts.code_forms.AppForm",
    "login_webauthn": "rapport.web.accounts.code_forms.PasskeySignInForm",
    "authenticate_webauthn": "rapport.web.accounts.code_forms.PasskeyForm",
    "reauthenticate_webauthn": "rapport.web.accounts.code_forms.ConfirmingPasskeyForm",
    "add_webauthn": "rapport.web.accounts.code_forms.NewPasskeyForm",
}
SOCIALACCOUNT_ADAPTER = "rapport.web.accounts.openid.OpenIdAdapter"
OPENID_ISSUER = os.environ.get("RAPPORT_OPENID_ISSUER", "")
OPENID_CLIENT_ID = os.environ.get("RAPPORT_OPENID_CLIENT_ID", "")
OPENID_CLIENT_SECRET = os.environ.get("RAPPORT_OPENID_CLIENT_SECRET", "")
OPENID_NAME = os.environ.get("RAPPORT_OPENID_NAME", "OpenID Connect")
OPENID_NEW_USERS = os.environ.get("RAPPORT_OPENID_NEW_USERS", "")
OPENID_DOMAINS = frozenset(os.environ.get("RAPPORT_OPENID_DOMAINS", "").lower().replace(",", " ").split())
OPENID_EMAILS_VERIFIED = os.environ.get("RAPPORT_OPENID_EMAILS_VERIFIED") == "1"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
EMAIL_BACKEND = os.environ.get("RAPPORT_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
# Holds counts of attempts and how OpenID Connect last went, which all web processes must share.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "identity_attempts",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
SESSION_ENGINE = "rapport.identity.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = os.environ.get("RAPPORT_HTTPS") == "1"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = os.environ.get("RAPPORT_LANGUAGE", "vi")
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = os.environ.get("RAPPORT_TIME_ZONE", "Asia/Ho_Chi_Minh")
USE_TZ = True

ENGINE = os.environ.get("RAPPORT_ENGINE", "duckdb")

STATIC_URL = "/static/"
STATIC_ROOT = home.folder("static")
STATICFILES_DIRS = [PACKAGE / "static"] if (PACKAGE / "static").exists() else []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/dist/assets/.+-[\w-]{8}\.\w+$"
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "manifest_path": PACKAGE / "static" / "dist" / "manifest.json",
        "static_url_prefix": "dist",
    }
}
FILE_UPLOAD_TEMP_DIR = str(home.folder("uploads"))
FILE_UPLOAD_HANDLERS = ["rapport.web.imports.receiving.BoundedUpload"]
LARGEST_UPLOAD = int(os.environ.get("RAPPORT_LARGEST_UPLOAD_MB", "5000")) * 1000**2
LARGEST_ATTACHMENT = int(os.environ.get("RAPPORT_LARGEST_ATTACHMENT_MB", "25")) * 1000**2
MOST_ATTACHMENTS = int(os.environ.get("RAPPORT_MOST_ATTACHMENTS", "200"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
API_REQUESTS_A_MINUTE = int(os.environ.get("RAPPORT_API_REQUESTS_A_MINUTE", "1200"))
# Hosts of one's own network that may be told by webhooks, by http too; all others must be public.
WEBHOOK_HOSTS = frozenset(os.environ.get("RAPPORT_WEBHOOK_HOSTS", "").lower().replace(",", " ").split())
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012", "security.W016"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "logging.Formatter" if DEBUG else "rapport.config.logs.WithoutValues",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "filters": {"quiet": {"()": "rapport.config.logs.WithoutAddresses"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["quiet"]}},
    "root": {"handlers": ["console"], "level": os.environ.get("RAPPORT_LOG_LEVEL", "WARNING")},
}
