from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_preview")]

    operations = [migrations.AddField(model_name="job", name="letter", field=models.BooleanField(default=False))]
