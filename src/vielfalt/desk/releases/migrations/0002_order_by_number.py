from django.db import migrations
from django.db.models.functions import Length


class Migration(migrations.Migration):
    dependencies = [("releases", "0001_initial")]

    operations = [
        migrations.AlterModelOptions(
            name="release",
            options={"ordering": ("-reference_date", Length("name").desc(), "-name")},
        ),
    ]
