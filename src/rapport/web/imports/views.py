"""Pages of imports: the list, choosing a file, matching its columns, and one page for all that follows."""

from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.core import clock
from rapport.identity.models import User
from rapport.imports import access, actions, queries, storage, tasks
from rapport.imports import mapping as mappings
from rapport.imports.fields import fields_of
from rapport.imports.mapping import Mapping
from rapport.imports.models import Import, SavedMapping
from rapport.imports.readers import UnreadableFile
from rapport.web import formats
from rapport.web.imports import mapping_form, showing
from rapport.web.imports.forms import UploadForm
from rapport.web.parts import leave_to, whole_or_part

Status = Import.Status
TO_BE_MAPPED = (Status.MAPPING, Status.CHECKED, Status.REFUSED, Status.FAILED, Status.QUEUED)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _job(request: HttpRequest, pk: int) -> Import:
    return access.import_for_view(user=_user(request), pk=pk)


def _language(request: HttpRequest) -> str:
    return str(getattr(request, "LANGUAGE_CODE", "en"))[:2]


@require_safe
def list_page(request: HttpRequest) -> HttpResponse:
    """What was imported, newest first."""
    user = _user(request)
    access.check_may_import(user)
    found = queries.recent(user=user, cursor=request.GET.get("cursor", ""))
    rows = [{"job": job, "hue": showing.HUES[Status(job.status)]} for job in found.rows]
    shown = {"rows": rows, "next_cursor": found.next_cursor}
    return whole_or_part(request, "imports/list.html", "imports/_list.html", shown)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose a file and say what it holds."""
    user = _user(request)
    access.check_may_import(user)
    targets = access.targets_for(user)
    if request.method == "GET":
        form = UploadForm(initial={"target": request.GET.get("target", "")}, targets=targets)
        return render(request, "imports/new.html", _upload_page(form))
    form = UploadForm(request.POST, request.FILES, targets=targets)
    _note_refused(request, form)
    job = _register(request, form) if form.is_valid() else None
    if job is None:
        part = "imports/_new.html" if request.headers.get("HX-Request") else "imports/new.html"
        return render(request, part, _upload_page(form), status=422)
    return leave_to(request, reverse("imports:mapping", args=[job.pk]))


def _upload_page(form: UploadForm) -> dict[str, Any]:
    return {"form": form, "largest": settings.LARGEST_UPLOAD, "too_large": _too_large()}


def _too_large() -> str:
    size = formats.file_size(settings.LARGEST_UPLOAD, language="en")
    said = _("The file is too large: %(size)s is the most that can be uploaded here. Split it, or pack it as .gz.")
    return said % {"size": size}


def _note_refused(request: HttpRequest, form: UploadForm) -> None:
    """Say of a file that was left out on its way in why it was."""
    reason = getattr(request, "upload_refused", "")
    if reason:
        room = _("There is not enough room on the server's disk for this file. Nothing was kept.")
        form.fields["file"].error_messages["required"] = _too_large() if reason == "large" else room


def _register(request: HttpRequest, form: UploadForm) -> Import | None:
    """Keep the file and take note of it; None, with the reason in the form, where it cannot be read."""
    upload = cast(TemporaryUploadedFile, form.cleaned_data["file"])
    path = storage.take(Path(upload.temporary_file_path()))
    try:
        job = Import(target=form.cleaned_data["target"], file=str(path), options={})
        queries.sample(job)
        return actions.register(
            target=job.target, file_name=upload.name or "", path=path, by=_user(request), at=clock.now()
        )
    except UnreadableFile as error:
        storage.forget(str(path))
        form.add_error("file", str(error))
        return None
    except Exception:
        storage.forget(str(path))
        raise


@never_cache
@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: its progress, its preview, or what came of it."""
    job = _job(request, pk)
    if job.status == Status.MAPPING:
        return redirect("imports:mapping", pk)
    return render(request, "imports/page.html", showing.context(job))


@never_cache
@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far an import is; once it is over, what came of it. Asked for every second by the page."""
    job = _job(request, pk)
    return render(request, "imports/_state.html", showing.context(job))


@require_http_methods(["GET", "POST"])
def mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """Match the columns of the file with fields, choose how to load, and have it checked."""
    job = _job(request, pk)
    if job.status not in TO_BE_MAPPED:
        return redirect("imports:page", pk)
    try:
        sample = queries.sample(job)
    except UnreadableFile as error:
        if request.method == "POST":
            return _read_again(request, job)
        return render(request, "imports/unreadable.html", {"job": job, "error": error} | _reading(), status=422)
    shown = _Shown(job, sample)
    if request.method == "POST":
        if "again" in request.POST:
            return _read_again(request, job)
        sent = mapping_form.read(request.POST, job=job, sample=sample, before=shown.mapping)
        if not sent.errors:
            return _start(request, job, sent)
        shown.mapping, shown.options, shown.errors = sent.mapping, sent.options, sent.errors
    else:
        shown.choose(request.GET.get("mapping", ""))
    return render(request, "imports/mapping.html", shown.context(), status=422 if shown.errors else 200)


class _Shown:
    """The mapping page on its way: the mapping it shows, where that comes from, and what is wrong with it."""

    def __init__(self, job: Import, sample: queries.Sample) -> None:
        self.job, self.sample = job, sample
        self.options = job.options
        self.errors: list[str] = []
        self.lacking: list[str] = []
        self.saved = list(queries.saved_mappings(target=job.target))
        self.used: SavedMapping | None = None
        self.mapping = mappings.from_json(job.mapping) if job.mapping.get("columns") else self._first()

    def _first(self) -> Mapping:
        """A saved mapping that fits the file wholly, the newest first; else a guess."""
        for saved in sorted(self.saved, key=lambda one: one.made_at, reverse=True):
            fitted, lacking = mapping_form.fitted(mappings.from_json(saved.mapping), self.sample)
            if not lacking:
                self.used = saved
                return fitted
        return mapping_form.guessed(self.job, self.sample)

    def choose(self, asked: str) -> None:
        """Start from the saved mapping of this number, or, for 0, from a guess."""
        if asked == "0":
            self.used, self.mapping = None, mapping_form.guessed(self.job, self.sample)
        for saved in self.saved:
            if asked == str(saved.pk):
                self.used = saved
                self.mapping, self.lacking = mapping_form.fitted(mappings.from_json(saved.mapping), self.sample)

    def _lacks_currency(self) -> bool:
        """Whether amounts would be taken for our own currency without anyone having said so."""
        return "currency" in fields_of(self.job.target) and not self.mapping.uses("currency")

    def context(self) -> dict[str, Any]:
        """What the template needs."""
        rows = mapping_form.rows(self.mapping, self.sample)
        options = {"duplicates": "update", "unknown": "create"} | self.options
        constants = mapping_form.constants(self.job, self.mapping)
        return {
            "job": self.job,
            "rows": rows,
            "left_out": len(self.sample.columns) - len(rows),
            "choices": mapping_form.choices(self.job),
            "matched": sum(1 for row in rows if row.chosen != [""]),
            "lacks": mapping_form.lacks(self.job, self.mapping),
            "constants": constants,
            "open_constants": any(one["value"] for one in constants) or self._lacks_currency(),
            "key": self.mapping.key,
            "stages": {state: ", ".join(names) for state, names in self.mapping.stages.items()},
            "errors": self.errors,
            "lacking": self.lacking,
            "saved": self.saved,
            "used": self.used,
            "options": options,
            "duplicates": mapping_form.DUPLICATES,
            "unknown": mapping_form.UNKNOWN,
            "day_formats": mapping_form.DAY_FORMATS,
            "number_formats": mapping_form.NUMBER_FORMATS,
        } | _reading()


def _reading() -> dict[str, Any]:
    return {"encodings": mapping_form.ENCODINGS, "delimiters": mapping_form.DELIMITERS}


def _read_again(request: HttpRequest, job: Import) -> HttpResponse:
    """Read the file another way, and guess anew."""
    options = mapping_form.options(request.POST, job)
    actions.set_mapping(job=job, chosen=Mapping(), options=options, by=_user(request), at=clock.now())
    return leave_to(request, reverse("imports:mapping", args=[job.pk]))


def _start(request: HttpRequest, job: Import, sent: mapping_form.Sent) -> HttpResponse:
    """Keep the mapping, under a name if one was given, and have the file checked."""
    user, at = _user(request), clock.now()
    job = actions.set_mapping(job=job, chosen=sent.mapping, options=sent.options, by=user, at=at)
    if name := request.POST.get("name", "").strip()[:120]:
        actions.save_mapping(name=name, target=job.target, chosen=sent.mapping, at=at)
    tasks.request_check(job=job, by=user, at=at)
    return leave_to(request, reverse("imports:page", args=[job.pk]))


@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Check once more, as after someone changed the records."""
    job = _job(request, pk)
    tasks.request_check(job=job, by=_user(request), at=clock.now())
    return leave_to(request, reverse("imports:page", args=[pk]))


@require_POST
def load(request: HttpRequest, pk: int) -> HttpResponse:
    """Load what was checked; `keep_good` loads the good rows where others are rejected."""
    job = _job(request, pk)
    keep_good = True if request.POST.get("keep_good") == "1" else None
    tasks.request_load(job=job, by=_user(request), at=clock.now(), keep_good=keep_good)
    return leave_to(request, reverse("imports:page", args=[pk]))


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was loaded."""
    job = _job(request, pk)
    tasks.request_undo(job=job, by=_user(request), at=clock.now())
    return leave_to(request, reverse("imports:page", args=[pk]))


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a file that was not loaded."""
    job = _job(request, pk)
    actions.discard(job=job, by=_user(request), at=clock.now())
    messages.success(request, _("“%(name)s” is discarded. Nothing of it was loaded.") % {"name": job.file_name})
    return leave_to(request, reverse("imports:list"))


@require_safe
def rejected(request: HttpRequest, pk: int) -> FileResponse:
    """The rejected rows as a file, with what is wrong with each."""
    job = _job(request, pk)
    path = storage.rejected_rows(job.pk)
    if not job.rejected or not path.is_file():
        raise Http404
    name = Path(job.file_name).name.split(".")[0] or "import"
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{name}-rejected.csv")


@require_POST
def save_mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the mapping of an import under a name."""
    job = _job(request, pk)
    name = request.POST.get("name", "").strip()[:120]
    if name and job.mapping:
        actions.save_mapping(name=name, target=job.target, chosen=mappings.from_json(job.mapping), at=clock.now())
        messages.success(request, _("The mapping is kept as “%(name)s”.") % {"name": name})
    return redirect("imports:page", pk)


@require_POST
def delete_mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a saved mapping."""
    saved = access.mapping_for_edit(user=_user(request), pk=pk)
    actions.delete_mapping(saved=saved, by=_user(request), at=clock.now())
    messages.success(request, _("The mapping “%(name)s” is forgotten.") % {"name": saved.name})
    job = access.visible_to(_user(request)).filter(pk=request.POST.get("import") or 0).first()
    return redirect("imports:mapping", job.pk) if job else redirect("imports:list")
