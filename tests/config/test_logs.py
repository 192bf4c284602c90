"""The logs hold neither addresses nor values."""

import io
import logging

from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import resolve
from django.utils.log import log_response

from rapport.config.logs import WithoutAddresses, WithoutValues


def logger_to(told: io.StringIO, name: str) -> logging.Logger:
    """A logger that writes as the console of the settings does."""
    handler = logging.StreamHandler(told)
    handler.addFilter(WithoutAddresses())
    handler.setFormatter(WithoutValues("%(message)s"))
    logger = logging.getLogger(name)
    logger.handlers, logger.propagate = [handler], False
    return logger


def test_an_address_is_told_by_its_route_and_a_job_without_its_arguments() -> None:
    told = io.StringIO()
    logger = logger_to(told, "procrastinate.of_this_test")
    for path in ("/enter/secret-token/", "/accounts/password/reset/key/3-secret/", "/an.nguyễn-secret@example.com"):
        request = RequestFactory().get(path)
        request.resolver_match = None if "@" in path else resolve(path)
        log_response("%s: %s", "Gone", path, response=HttpResponse(status=410), request=request, logger=logger)
    logger.warning("Job rapport.identity.tasks.send_link[12](email='secret@example.com') ended with status: Error")
    assert "secret" not in told.getvalue()
    assert "Gone: /enter/<str:token>/" in told.getvalue()
    assert "send_link[12](…) ended with status: Error" in told.getvalue()


def test_an_error_is_told_by_kind_and_place_alone() -> None:
    told = io.StringIO()
    logger = logger_to(told, "rapport.of_this_test")
    try:
        try:
            int("secret name")
        except ValueError as error:
            raise KeyError("secret@example.com") from error
    except KeyError:
        logger.exception("It failed.")
    assert "secret" not in told.getvalue().replace('int("secret name")', "").replace('"secret@example.com"', "")
    assert "builtins.KeyError\n\nafter:\n" in told.getvalue()
    assert "builtins.ValueError" in told.getvalue()
    assert "test_logs.py" in told.getvalue()
