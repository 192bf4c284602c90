"""Files of orders: invoices, delivery notes, pictures of what came back."""

from django.db import models
from django.db.models import Q

from rapport.timeline.attachments import KeptFile


class OrderFile(KeptFile):
    """A file that belongs to an order."""

    OF = ("order",)

    order = models.ForeignKey("commerce.Order", on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta:
        db_table = "commerce_orderfile"
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="order_file_has_a_name")]
        indexes = [models.Index(fields=["order", "-added_at", "-id"], name="file_of_order")]
