"""The command line: quick help, errors in words, colleagues and links."""

import subprocess
import sys

import pytest
from django.test import Client
from typer.testing import CliRunner

from rapport.cli import main
from rapport.cli.entry_link import NoSuchUser
from rapport.cli.entry_link import app as link_app
from rapport.cli.user import NoSuchRole
from rapport.cli.user import app as user_app
from rapport.identity.actions import EmailTaken
from rapport.identity.models import User


def test_help_lists_every_command() -> None:
    shown = CliRunner().invoke(main.build(chosen=None), ["--help"])
    assert shown.exit_code == 0
    assert [name for name in main.COMMANDS if name not in shown.output] == []


def test_help_does_not_wait_for_django() -> None:
    code = "import sys, rapport.cli.main as main; main.build(chosen=None); print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("name", main.COMMANDS)
def test_every_command_of_the_table_explains_itself(name: str) -> None:
    shown = CliRunner().invoke(main.build(chosen=name), [name, "--help"])
    assert shown.exit_code == 0, shown.output


@pytest.mark.django_db
def test_adds_a_colleague() -> None:
    done = CliRunner().invoke(user_app, ["add", "An@Example.com", "--role", "manager", "--name", "An"])
    assert done.exit_code == 0, done.output
    assert User.objects.values_list("email", "role", "full_name").get() == ("an@example.com", "manager", "An")


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "error"), [("boss", NoSuchRole), ("seller", EmailTaken)])
def test_refuses_in_words(role: str, error: type[Exception]) -> None:
    User.objects.create_user(email="an@example.com", full_name="An")
    done = CliRunner().invoke(user_app, ["add", "an@example.com", "--role", role])
    assert isinstance(done.exception, error)
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_prints_a_link_that_lets_a_user_in_once(client: Client) -> None:
    user = User.objects.create_user(email="an@example.com", full_name="An")
    done = CliRunner().invoke(link_app, ["AN@example.com", "--address", "https://crm.example.com/"])
    path = done.output.strip().removeprefix("https://crm.example.com")
    client.post(path)
    assert client.session["_auth_user_id"] == str(user.pk)
    assert Client().post(path).status_code != 302


@pytest.mark.django_db
def test_refuses_a_link_for_a_stranger() -> None:
    done = CliRunner().invoke(link_app, ["nobody@example.com"])
    assert isinstance(done.exception, NoSuchUser)
