"""Which files are refused for their encoding, and which are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from vielfalt.engines.encodings_refused import refuse_encoding
from vielfalt.errors import DeliveryError

_SEVEN_BITS = str.maketrans("ÄÖÜäöüß", "[\\]{|}~")
ROWS = "Nr;Ort;Straße\n1;Köln;Bäckerweg\n2;Nürnberg;Große Straße\n3;Ärzen;Örtzeweg\n"
WITHOUT_UE = "Nr;Ort\n1;Köln\n2;Osnabrück 9\n".replace("ü", "u")


@pytest.mark.parametrize(
    "rows", [ROWS, WITHOUT_UE, "Nr;Weg\n1;Lange Straße\n", "NR;ORT\n1;NÜRNBERG\n", ROWS + "4;Simões"]
)
@pytest.mark.parametrize("encoding", ["cp850", "cp437"])
def test_dos(rows: str, encoding: str) -> None:
    with pytest.raises(DeliveryError, match="encoding of DOS") as raised:
        refuse_encoding(rows.encode(encoding, errors="replace"), Path("register.csv"))
    assert raised.value.todo


@pytest.mark.parametrize("rows", [ROWS, ROWS.upper(), "Nr;Ort\n1;Münster\n2;Meißen\n"])
def test_seven_bits(rows: str) -> None:
    with pytest.raises(DeliveryError, match="DIN 66003") as raised:
        refuse_encoding(rows.translate(_SEVEN_BITS).encode("ascii"), Path("register.csv"))
    assert raised.value.todo


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
@pytest.mark.parametrize(
    "rows",
    [
        ROWS,
        ROWS.upper(),
        "Nr;Ort\n1;Koeln\n2;Duesseldorf\n",
        "Nr|Ort|Weg\n1|Koeln|Ring\n2|Bonn|Weg\n3|Trier|Gasse\n",
        "Nr~Ort~Weg\n1~Koeln~Ring\n2~Bonn~Weg\n3~Trier~Gasse\n",
        "Nr;Kennung\n1;{ab-1}\n2;{cd-2}\n3;[ef]\n4;C:\\REG\\NEU\n5;x{a}y\n",
        "Nr;Ort\n1;Šibenik\n2;Košice\n3;KOŠICE\n4;ŽILINA\n5;KOŽUL\n",
        "Nr;Ort\n1;Köln „Alt“\n2;Haus„Am Ring”links\n3;Mühle\n4;Märkt\n",
        "Nr;Ort\n1;Málaga\n2;Ávila\n3;Bragança\n",
    ],
)
def test_usual_files_are_let_pass(rows: str, encoding: str) -> None:
    refuse_encoding(rows.encode(encoding), Path("register.csv"))
