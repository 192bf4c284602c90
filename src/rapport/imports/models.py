"""Imports, saved mappings, and what an import changed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Target(models.TextChoices):
    """What a file can hold."""

    PEOPLE = "people", _("People")
    COMPANIES = "companies", _("Companies")
    AFFILIATIONS = "affiliations", _("Affiliations")
    PRODUCTS = "products", _("Products")
    DEALS = "deals", _("Deals")
    STAGE_CHANGES = "stage-changes", _("Stage changes")
    ORDERS = "orders", _("Orders")
    ORDER_LINES = "order-lines", _("Order lines")
    INTERACTIONS = "interactions", _("Interactions")
    COLLEAGUES = "colleagues", _("Colleagues")


class Import(models.Model):
    """One file, from upload to undo."""

    class Status(models.TextChoices):
        MAPPING = "mapping", _("Columns to be matched")
        QUEUED = "queued", _("Waiting")
        CHECKING = "checking", _("Checking")
        CHECKED = "checked", _("Checked")
        LOADING = "loading", _("Loading")
        DONE = "done", _("Loaded")
        REFUSED = "refused", _("Nothing loaded")
        FAILED = "failed", _("Failed")
        UNDONE = "undone", _("Undone")

    target = models.CharField(_("Target"), max_length=20, choices=Target.choices)
    file_name = models.CharField(_("File"), max_length=255)
    file = models.CharField(max_length=500, blank=True, default="", help_text="Path of the stored file.")
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    status = models.CharField(_("Status"), max_length=10, choices=Status.choices, default=Status.MAPPING)
    step = models.CharField(max_length=40, blank=True, default="")
    done_share = models.FloatField(default=0)
    rows = models.BigIntegerField(default=0)
    created = models.BigIntegerField(default=0)
    updated = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    also_created = models.JSONField(default=dict)
    preview = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    message = models.TextField(blank=True, default="")
    seconds = models.FloatField(default=0)
    by = models.ForeignKey("identity.User", on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    loaded_at = models.DateTimeField(null=True, help_text="The instant given to every record it wrote.")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "imports_import"
        indexes = [models.Index(fields=["-made_at", "-id"], name="import_newest")]

    def __str__(self) -> str:
        return self.file_name


class SavedMapping(models.Model):
    """A mapping kept under a name, for the next file of the same shape."""

    name = models.CharField(_("Name"), max_length=120)
    target = models.CharField(max_length=20, choices=Target.choices)
    mapping = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "imports_savedmapping"
        constraints = [models.UniqueConstraint(fields=["target", "name"], name="mapping_name_once")]

    def __str__(self) -> str:
        return self.name


class BeforeImage(models.Model):
    """A row as it was before an import changed or removed it, so that the import can be undone."""

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="+")
    table = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    before = models.JSONField()
    removed = models.BooleanField(default=False)

    class Meta:
        db_table = "imports_beforeimage"
        indexes = [models.Index(fields=["batch", "table"], name="before_image_of_import")]

    def __str__(self) -> str:
        return f"{self.table} {self.row_id}"
