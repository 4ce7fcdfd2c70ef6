"""Giving organisations out: as a table for people, which can be changed and brought back, or as the files of
the standard (HSDS 3), for other programs."""

from sqlalchemy.orm import Session

import i18n
from bot import AnyText, Button, Context, Made, Recipe, _, _c, _n, on
from bot.installation import Installation
from bot.making import hsds, tables
from bot.markup import plain
from bot.reading.directory.organisations import STATUS
from bot.text import Reader, render
from db.directory import organisations
from db.models import Network, Organisation
from handlers.directory.steps import ExportOrganisations
from handlers.protecting import emergency
from handlers.vocabulary import TOPICS

TABLE, PACKAGE = "orgs.csv", "orgs.zip"
HEADER: list[AnyText] = [
    *(_("Name"), _("Short name"), _c("of an organisation", "Status"), _("City"), _("Address"), _("Country")),
    *(_("Topics"), _("Languages"), _("Opening hours"), _("Website"), _("Phone"), _("E-mail"), _("Costs")),
    *(_("For whom"), _("What to bring"), _("Description"), _("Source"), _("Last checked"), _("ID")),
]
"""The columns of the table; `i18n/words/*/organisations.toml` knows all of them again."""


class OrganisationTable(Recipe):
    """The organisations of a network as a table."""

    network_id: int

    def make(self, db: Session, installation: Installation, reader: Reader) -> Made:
        """Write it in the reader's language."""
        found = organisations.every_one(db, self.network_id)
        rows = [_row(each, reader) for each in found]
        said = _n("{n} organisation", "{n} organisations", len(rows))
        return Made(tables.written(HEADER, rows, reader), TABLE, plain(render(said, reader)), tables.TYPE)


def _row(entry: Organisation, reader: Reader) -> list[tables.Cell]:
    return [
        *(entry.name, entry.alternate_name, STATUS[entry.status], entry.city, entry.address, entry.country),
        _topics(entry, reader),
        ", ".join(i18n.name_of(code, reader.locale) for code in entry.languages),
        *(entry.schedule_text, entry.url, ", ".join(entry.phones), entry.email, entry.fees_description),
        *(entry.eligibility_description, entry.application_process, entry.description, entry.source),
        *(entry.assured_at.date(), entry.uid),
    ]


def _topics(entry: Organisation, reader: Reader) -> str:
    return ", ".join(plain(render(TOPICS[topic], reader)) for topic in entry.topics if topic in TOPICS)


class OrganisationPackage(Recipe):
    """The organisations of a network as the files of the standard."""

    network_id: int

    def make(self, db: Session, installation: Installation, reader: Reader) -> Made:
        """Write them; what has a language is written in the reader's."""
        found = organisations.every_one(db, self.network_id)
        network = db.get_one(Network, self.network_id)
        here = emergency.country_of(network.time_zone)
        content = hsds.package((_entry(each, reader, here) for each in found), network.name)
        said = _n("{n} organisation", "{n} organisations", len(found))
        return Made(content, PACKAGE, plain(render(said, reader)), hsds.TYPE)


def _entry(entry: Organisation, reader: Reader, here: str) -> hsds.Entry:
    """Return an organisation in the words of a reader; where its country is not said, it is that of the
    network."""
    return hsds.Entry(
        uid=entry.uid,
        name=entry.name,
        alternate_name=entry.alternate_name,
        description=entry.description,
        url=entry.url,
        email=entry.email,
        phones=entry.phones,
        status=entry.status,
        address=entry.address,
        city=entry.city,
        country=entry.country or (here if entry.city else ""),
        topics=_topics(entry, reader),
        languages={code: i18n.name_of(code, reader.locale) for code in entry.languages},
        schedule_text=entry.schedule_text,
        fees_description=entry.fees_description,
        eligibility_description=entry.eligibility_description,
        application_process=entry.application_process,
        assured_date=entry.assured_at.date().isoformat(),
    )


@on(ExportOrganisations)
def export_organisations(ctx: Context, step: ExportOrganisations) -> None:
    """Give out the organisations of the network."""
    if not organisations.count(ctx.db, ctx.network.id):
        ctx.say(_("There is no organisation in the list yet."))
    elif step.standard:
        ctx.say(
            _("The files of the standard HSDS 3, for other programs."),
            file=OrganisationPackage(ctx.network.id),
        )
    else:
        ctx.say(
            _("The table can be changed and brought back: I know the rows by their ID."),
            Button(_("As files of the standard"), ExportOrganisations(standard=True), keep=True),
            file=OrganisationTable(ctx.network.id),
        )
