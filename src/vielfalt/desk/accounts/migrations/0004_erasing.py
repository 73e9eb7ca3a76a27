from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone


def count_from_now(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Accounts that were closed before nobody noted when; their time begins now."""
    del schema_editor
    apps.get_model("accounts", "User")._base_manager.filter(is_active=False).update(closed=timezone.now())


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_identity"),
    ]

    operations = [
        migrations.AddField(model_name="user", name="closed", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="user", name="erased", field=models.DateTimeField(null=True)),
        migrations.RunPython(count_from_now, migrations.RunPython.noop),
    ]
