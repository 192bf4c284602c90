"""A colleague's own tasks."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.core import clock
from rapport.identity.access import Kind
from rapport.identity.models import User
from rapport.people.access import check_may_add
from rapport.timeline import access, actions, queries
from rapport.timeline.models import Task
from rapport.web.lists.page import show as show_list
from rapport.web.parts import back, is_part, sent
from rapport.web.timeline.forms import QuickTask


def list_tasks(request: HttpRequest) -> HttpResponse:
    """My open tasks by day, what I did last, and a form for a new one."""
    assert isinstance(request.user, User)
    today = clock.today()
    form = QuickTask(sent(request), initial={"due_on": today})
    status = 200
    if request.method == "POST":
        check_may_add(request.user, Kind.TASK)
        if form.is_valid():
            actions.add_task(**form.cleaned_data, by=request.user, at=clock.now())
            messages.success(request, _("Task added."))
            return redirect("tasks:list")
        status = 422
    return render(request, "tasks/list.html", _board(request.user) | {"form": form}, status=status)


def list_all(request: HttpRequest) -> HttpResponse:
    """The tasks that the user may see, of everybody."""
    return show_list(request, Kind.TASK, "tasks/all.html", by_default="open")


def _board(user: User) -> dict[str, Any]:
    """What the list shows."""
    tasks = queries.open_tasks(user=user, today=clock.today())
    parts = [
        (_("Overdue"), "bad", tasks.overdue),
        (_("Today"), "relation", tasks.today),
        (_("Later"), "plain", tasks.later),
    ]
    return {"parts": [part for part in parts if part[2]], "done": queries.done_tasks(user=user)}


@require_POST
def done(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick a task off, or open it again with `again`; htmx gets the list, or the one entry it asked from."""
    assert isinstance(request.user, User)
    task = access.task_for_edit(request.user, pk)
    change = actions.reopen_task if request.POST.get("again") else actions.finish_task
    task = change(task=task, by=request.user, at=clock.now())
    if not is_part(request):
        return back(request, reverse("tasks:list"))
    if request.headers.get("HX-Target") == "tasks":
        return render(request, "tasks/_board.html", _board(request.user))
    return _entry(request, task)


def _entry(request: HttpRequest, task: Task) -> HttpResponse:
    """The task as it now stands on a timeline."""
    entry = queries.task_entry(task)
    return render(request, "timeline/_entry.html", {"entry": entry, "may_write": True})
