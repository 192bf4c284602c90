"""A discount over a whole quote."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deals", "0010_renewals")]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="quote",
            name="a_sent_quote_stays",
        ),
        migrations.AddField(
            model_name="quote",
            name="discount",
            field=models.DecimalField(
                decimal_places=2, default=0, max_digits=20, verbose_name="Discount on the whole quote"
            ),
        ),
        migrations.AddField(
            model_name="quote",
            name="discount_in",
            field=models.CharField(
                choices=[("percent", "percent"), ("sum", "amount")], default="percent", max_length=7
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="quote",
            trigger=pgtrigger.compiler.Trigger(
                name="a_sent_quote_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.sent_at IS NOT NULL AND (OLD.deal_id IS DISTINCT FROM NEW.deal_id OR OLD.number IS DISTINCT FROM NEW.number OR OLD.edition IS DISTINCT FROM NEW.edition OR OLD.currency IS DISTINCT FROM NEW.currency OR OLD.quoted_on IS DISTINCT FROM NEW.quoted_on OR OLD.valid_until IS DISTINCT FROM NEW.valid_until OR OLD.payment_terms IS DISTINCT FROM NEW.payment_terms OR OLD.delivery_terms IS DISTINCT FROM NEW.delivery_terms OR OLD.note IS DISTINCT FROM NEW.note OR OLD.discount IS DISTINCT FROM NEW.discount OR OLD.discount_in IS DISTINCT FROM NEW.discount_in OR OLD.gross IS DISTINCT FROM NEW.gross OR OLD.net IS DISTINCT FROM NEW.net OR OLD.tax IS DISTINCT FROM NEW.tax OR OLD.total IS DISTINCT FROM NEW.total OR OLD.parties IS DISTINCT FROM NEW.parties OR OLD.sent_at IS DISTINCT FROM NEW.sent_at))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="ec916b209784273e171528d0aceab8d59503a846",
                    operation="UPDATE",
                    pgid="pgtrigger_a_sent_quote_stays_6c493",
                    table="deals_quote",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("discount__gte", 0),
                    models.Q(
                        ("discount_in", "sum"),
                        models.Q(("discount__lte", 100), ("discount_in", "percent")),
                        _connector="OR",
                    ),
                ),
                name="quote_takes_off_a_share_or_a_sum",
            ),
        ),
    ]
