from __future__ import annotations

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from vielfalt.desk.history.migrations._sealing import seal, unseal


def sealed(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    del apps
    seal(editor.connection)


def unsealed(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    del apps
    unseal(editor.connection)


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("number", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("who", models.CharField(blank=True, max_length=40)),
                ("action", models.CharField(max_length=40)),
                ("model", models.CharField(max_length=100)),
                ("key", models.CharField(max_length=100)),
                ("changes", models.JSONField()),
                ("previous", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64, unique=True)),
            ],
            options={
                "ordering": ("number",),
                "indexes": [models.Index(fields=["model", "key", "number"], name="history_ent_model_fe13fb_idx")],
            },
        ),
        migrations.CreateModel(
            name="Head",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveBigIntegerField(default=0)),
                ("digest", models.CharField(default="0" * 64, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, db_index=True)),
                ("kind", models.CharField(max_length=40)),
                ("who", models.CharField(blank=True, max_length=40)),
                ("address", models.CharField(blank=True, max_length=50)),
                ("place", models.CharField(blank=True, max_length=100)),
            ],
            options={"ordering": ("at", "id")},
        ),
        migrations.RunPython(sealed, unsealed),
    ]
