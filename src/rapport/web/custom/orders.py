"""What an order says in own fields: a form of its own, since what was bought stays."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.commerce import access
from rapport.commerce.actions import change_order
from rapport.commerce.models import Order
from rapport.core import clock
from rapport.identity.models import User
from rapport.identity.rights import Kind
from rapport.web import conflict
from rapport.web.custom.forms import WithOwnFields
from rapport.web.fields import OwnerField
from rapport.web.parts import sent
from rapport.web.people.forms import SaysWhatIsWrong
from rapport.web.seen import VersionField, token


class OrderForm(SaysWhatIsWrong, WithOwnFields):
    """What may be changed of an order by hand."""

    channel = forms.CharField(label=gettext_lazy("Channel"), required=False, max_length=40)
    owner = OwnerField(label=gettext_lazy("Owner"), required=False, empty_label=gettext_lazy("Nobody yet"))
    version = VersionField()

    def __init__(self, data: Any, *, user: User, order: Order) -> None:
        super().__init__(data, initial=self.initial_of(order))
        self.add_own_fields(Kind.ORDER, user=user, held=order.custom)

    @staticmethod
    def initial_of(order: Order) -> dict[str, Any]:
        """What the form shows of an order."""
        return {"channel": order.channel, "owner": order.owner_id, "version": token(order)}

    def values(self) -> dict[str, Any]:
        """The fields of the order that the form holds."""
        given = {name: value for name, value in self.built_in().items() if name != "version"}
        return given | {"custom": self.own_values()}


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the channel, the owner and the own fields of an order."""
    assert isinstance(request.user, User)
    user = request.user
    order = access.order_for_edit(user, pk)
    form = OrderForm(sent(request), user=user, order=order)
    changed = form.saved(
        lambda: change_order(
            order=order,
            version=form.cleaned_data["version"] or 0,
            changes=conflict.kept(request, form.values()),
            by=user,
            at=clock.now(),
        )
    )
    if changed:
        messages.success(request, _("Saved."))
        return redirect("orders:page", order.pk)
    if form.is_conflict:
        back = reverse("orders:page", args=[order.pk])
        return conflict.page(request, form, order, initial_of=OrderForm.initial_of, back=back)
    context = {"form": form, "order": order}
    return render(request, "custom/order.html", context, status=422 if form.errors else 200)
