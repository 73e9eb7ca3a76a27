from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("releases", "0002_order_by_number")]

    operations = [
        migrations.RemoveConstraint(model_name="release", name="release_name_once"),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(fields=("town", "name"), name="release_name_once"),
        ),
    ]
