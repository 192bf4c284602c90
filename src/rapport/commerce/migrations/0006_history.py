"""Every change of products, orders and rates is noted."""

from django.db import migrations

from rapport.history.tracking import track


class Migration(migrations.Migration):
    dependencies = [("commerce", "0005_custom"), ("history", "0001_initial")]
    operations = [
        track("commerce_product", kind="commerce.product"),
        track("commerce_order", kind="commerce.order"),
        track("commerce_orderline", kind="commerce.orderline", whole="order_id"),
        track("commerce_exchangerate", kind="commerce.exchangerate"),
    ]
