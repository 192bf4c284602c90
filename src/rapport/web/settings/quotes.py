"""What quotes stand on, in the settings: the company's particulars, tax rates by date, approval rules."""

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rapport.core import clock
from rapport.deals.actions import quote_settings as actions
from rapport.deals.models import ApprovalRule, TaxRate
from rapport.deals.queries import approvals
from rapport.deals.queries import quotes as queries
from rapport.web import conflict, watched
from rapport.web.parts import sent
from rapport.web.quotes import shown
from rapport.web.settings.quote_forms import ApprovalRuleForm, QuoteProfileForm, TaxRateForm
from rapport.web.settings.views import acted, administrators_only, saved, settings_page


@administrators_only
@require_http_methods(["GET", "POST"])
def quotes(request: HttpRequest) -> HttpResponse:
    """The particulars, every tax rate, every approval rule."""
    found = queries.profile()
    form = watched.opened(request, QuoteProfileForm(sent(request), instance=found), found)

    def save() -> None:
        actions.save_profile(changes=conflict.kept(request, form.cleaned_data), **acted(request))

    if saved(request, form, watched.unless_changed(request, form, found, save)):
        return redirect("settings:quotes")
    if conflict.is_one(form):
        title, back = _("On every quote"), reverse("settings:quotes")
        return watched.conflict_page(request, form, found, back=back, title=title)
    rules = ApprovalRule.objects.select_related("approver").order_by("level", "pk")
    return settings_page(
        request,
        "settings/quotes.html",
        form=form,
        rates=TaxRate.objects.order_by(F("percent").desc(nulls_last=True), "name", "-since_on"),
        rules=[(rule, approvals.asked_words(rule), shown.because(rule)) for rule in rules],
        today=clock.today(),
    )


@administrators_only
@require_POST
def first_tax_rates(request: HttpRequest) -> HttpResponse:
    """Take over the VAT rates of Vietnam where none is known yet."""
    actions.first_tax_rates(**acted(request))
    messages.success(request, _("Saved."))
    return redirect("settings:quotes")


@administrators_only
@require_http_methods(["GET", "POST"])
def new_tax_rate(request: HttpRequest) -> HttpResponse:
    """Add a tax rate."""
    return _tax_rate(request, TaxRate())


@administrators_only
@require_http_methods(["GET", "POST"])
def edit_tax_rate(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a tax rate, or give it a last day."""
    return _tax_rate(request, get_object_or_404(TaxRate, pk=pk))


@administrators_only
@require_POST
def remove_tax_rate(request: HttpRequest, pk: int) -> HttpResponse:
    """Take away a tax rate that no quote has."""
    actions.remove_tax_rate(rate=get_object_or_404(TaxRate, pk=pk), **acted(request))
    messages.success(request, _("Removed."))
    return redirect("settings:quotes")


@administrators_only
@require_http_methods(["GET", "POST"])
def new_approval_rule(request: HttpRequest) -> HttpResponse:
    """Add an approval rule."""
    return _approval_rule(request, ApprovalRule())


@administrators_only
@require_http_methods(["GET", "POST"])
def edit_approval_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an approval rule."""
    return _approval_rule(request, get_object_or_404(ApprovalRule, pk=pk))


@administrators_only
@require_POST
def remove_approval_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an approval rule away."""
    actions.remove_approval_rule(rule=get_object_or_404(ApprovalRule, pk=pk), **acted(request))
    messages.success(request, _("Removed."))
    return redirect("settings:quotes")


def _tax_rate(request: HttpRequest, rate: TaxRate) -> HttpResponse:
    form = watched.opened(request, TaxRateForm(sent(request), instance=rate), rate)

    def save() -> None:
        actions.save_tax_rate(rate=form.instance, **acted(request))

    if saved(request, form, watched.unless_changed(request, form, rate, save)):
        return redirect("settings:quotes")
    if conflict.is_one(form):
        return watched.conflict_page(request, form, rate, back=reverse("settings:quotes"))
    title = _("Tax rate") if rate.pk else _("Add a tax rate")
    return settings_page(request, "settings/quote_part.html", form=form, title=title)


def _approval_rule(request: HttpRequest, rule: ApprovalRule) -> HttpResponse:
    form = watched.opened(request, ApprovalRuleForm(sent(request), instance=rule), rule)

    def save() -> None:
        actions.save_approval_rule(rule=form.instance, **acted(request))

    if saved(request, form, watched.unless_changed(request, form, rule, save)):
        return redirect("settings:quotes")
    if conflict.is_one(form):
        title, back = _("Approval rule"), reverse("settings:quotes")
        return watched.conflict_page(request, form, rule, back=back, title=title)
    title = _("Approval rule") if rule.pk else _("Add an approval rule")
    return settings_page(request, "settings/quote_part.html", form=form, title=title)
