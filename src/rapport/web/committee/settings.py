"""The settings of committees: when they raise alarms, which roles a stage needs that names none itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rapport.core import clock
from rapport.deals.actions import committee as actions
from rapport.deals.models import CommitteeSettings
from rapport.deals.queries.committee import committee_settings
from rapport.identity.models import User
from rapport.web import conflict
from rapport.web.committee.forms import CommitteeSettingsForm
from rapport.web.parts import sent
from rapport.web.settings.views import administrators_only, saved, settings_page


@administrators_only
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    """Look at and change them."""
    form = CommitteeSettingsForm(sent(request), initial=CommitteeSettingsForm.initial_of(committee_settings()))

    def save() -> CommitteeSettings:
        assert isinstance(request.user, User)
        changes = conflict.kept(request, form.cleaned_data)
        version = changes.pop("version")
        return actions.change_settings(changes=changes, version=version, by=request.user, at=clock.now())

    if saved(request, form, save):
        return redirect("settings:committee")
    if conflict.is_one(form):
        other = conflict.Other(title=_("Buying committees"))
        back, now = reverse("settings:committee"), committee_settings()
        return conflict.page(request, form, now, initial_of=CommitteeSettingsForm.initial_of, back=back, other=other)
    return settings_page(request, "settings/committee.html", form=form)
