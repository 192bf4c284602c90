"""Fill the ledger of revenue from the orders that were there before its triggers."""

from django.db import migrations

SPAN = """CASE WHEN date_trunc('month', placed_at - interval '12 hours', 'UTC')
       = date_trunc('month', placed_at + interval '14 hours', 'UTC')
  THEN date_trunc('month', placed_at, 'UTC') + interval '10 days'
  ELSE date_bin('15 minutes', placed_at, '2000-01-01 00:00+00') END"""


class Migration(migrations.Migration):
    dependencies = [("commerce", "0002_sums_of_orders")]
    operations = [
        migrations.RunSQL(
            f"""INSERT INTO commerce_revenue (span_at, currency, owner_id, team_id, orders, total)
                SELECT {SPAN}, currency, owner_id, team_id, count(*), sum(total) FROM commerce_order
                WHERE archived_at IS NULL GROUP BY 1, 2, 3, 4""",
            "DELETE FROM commerce_revenue",
        )
    ]
