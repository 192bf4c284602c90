from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("insight", "0002_forget_the_erased")]

    operations = [
        migrations.CreateModel(
            name="HealthWeight",
            fields=[
                ("part", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("weight", models.PositiveSmallIntegerField(verbose_name="Weight")),
            ],
            options={
                "db_table": "insight_healthweight",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("weight__lte", 10)), name="health_weight_is_at_most_ten")
                ],
            },
        ),
    ]
