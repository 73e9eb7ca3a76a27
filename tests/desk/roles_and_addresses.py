"""Who may do what at which address: one table, which is also the test."""

from __future__ import annotations

from dataclasses import dataclass

from vielfalt.desk.accounts import roles

READS = {role.id for role in roles.ALL if role.grants.get("read") == "town"}
EVERYBODY = {role.id for role in roles.ALL}
HISTORY = {role.id for role in roles.ALL if "history" in role.grants}
IMPORTS = {role.id for role in roles.ALL if "import" in role.grants}
OPERATES = {role.id for role in roles.ALL if "operate" in role.grants}
ADMINISTERS = {role.id for role in roles.ALL if "accounts" in role.grants}


@dataclass(frozen=True)
class Row:
    """One address: how it is asked, who may open it, and the answer to those, to others and to strangers."""

    allowed: frozenset[str]
    ok: int = 200
    others: int = 403
    method: str = "get"
    anonymous: int = 302
    elsewhere: int | None = None
    """The answer about another town's thing, for everybody; None where the address names no thing."""
    blind: int | None = None
    """The answer to roles that read nothing, where it is another than to others."""

    def to(self, role: str) -> int:
        """The answer to a role."""
        if role in self.allowed:
            return self.ok
        return self.blind if self.blind and role not in READS else self.others


def row(allowed: set[str], **values: int | str | None) -> Row:
    return Row(frozenset(allowed), **values)  # type: ignore[arg-type]


OF_A_TOWN = row(READS, others=404, elsewhere=404)
OPEN = row(EVERYBODY, anonymous=200)
ACCOUNTS = row(ADMINISTERS)
DO = row(ADMINISTERS, method="post", ok=302, elsewhere=404)
PROPOSES = {role.id for role in roles.ALL if {"propose", "publish"} & set(role.grants)}
OF_A_RELEASE = (
    *("theme_geojson", "origins", "origin", "origin_file", "quotient_file"),
    *("release", "theme", "theme_csv", "theme_xlsx", "theme_svg", "theme_png", "area", "area_file"),
    *("report_pdf", "report_html", "package", "indices", "indices_file", "definitions", "excerpt"),
)
TABLE: dict[str, Row] = {
    "towns": row(EVERYBODY),
    "compare": row(EVERYBODY),
    # Who reads no town compares none.
    "compare_file": row(READS, others=404),
    # There is one date, so nothing changes.
    **dict.fromkeys(("time_file", "change_file", "line_file"), row(set(), others=404, elsewhere=404)),
    "town": OF_A_TOWN,
    "time": OF_A_TOWN,
    **dict.fromkeys(OF_A_RELEASE, OF_A_TOWN),
    # Nothing is chosen, so there is no report.
    **dict.fromkeys(("excerpt_pdf", "excerpt_xlsx"), row(READS, ok=422, others=404, elsewhere=404)),
    "publisher": row({role.id for role in roles.ALL if "propose" in role.grants}, elsewhere=404, blind=404),
    "town_history": row(HISTORY, others=404, elsewhere=404),
    "release_history": row(HISTORY & READS, elsewhere=404, blind=404),
    "publication": row(PROPOSES, elsewhere=404, blind=404),
    # Nothing is published, so there is nothing of it to read.
    **dict.fromkeys(("open_data", "catalogue", "open_file"), row(set(), others=404, elsewhere=404)),
    **dict.fromkeys(
        (
            "help",
            "index_methods",
            "index_method",
            "plain_words",
            "imprint",
            "data_protection",
            "accessibility",
            "about",
        ),
        OPEN,
    ),
    "upload": row(IMPORTS),
    "jobs": row(IMPORTS | OPERATES),
    "job": row(IMPORTS | OPERATES, elsewhere=404),
    "start_again": row(IMPORTS | OPERATES, method="post", ok=302, elsewhere=404),
    "login": row(EVERYBODY, ok=302, anonymous=200),
    "logout": row(EVERYBODY, method="post", ok=302),
    "one_time_link": row(EVERYBODY, ok=410, anonymous=410),
    "set_language": row(EVERYBODY, method="post", ok=302),
    # Nothing is set, so there is no provider.
    "sso": row(EVERYBODY, ok=404, anonymous=404),
    "openid_connect_callback": row(EVERYBODY, ok=404, anonymous=404),
    "account": row(EVERYBODY),
    "password": row(EVERYBODY),
    "own_information": row(EVERYBODY),
    "log_out_everywhere": row(EVERYBODY, method="post", ok=302),
    "second_step": row(EVERYBODY, ok=302),
    "second_setup": row(EVERYBODY),
    "second_codes": row(EVERYBODY, ok=302),
    "second_off": row(EVERYBODY, ok=302),
    "accounts": ACCOUNTS,
    "invite": ACCOUNTS,
    # Set by who looks after every town; the administrator of this matrix looks after one.
    "strict_roles": row(set()),
    "account_of": row(ADMINISTERS, elsewhere=404),
    "give_role": DO,
    "take_role": DO,
    "new_link": row(ADMINISTERS, method="post", elsewhere=404),
    "reset_factor": DO,
    "close_account": DO,
    # The colleague's account is open: it has to be closed first.
    "erase_account": row(ADMINISTERS, method="post", ok=409, elsewhere=404),
    "reopen_account": DO,
}
