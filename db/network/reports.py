"""What is reported: given to receivers, taken by one of them, closed, and at last forgotten."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload

from db import people
from db.models import Category, Naming, Network, Outcome, Person, Report, ReportReceiver
from db.network.invitations import LETTERS, Chance
from db.old import Forgotten, Old

URGENT: Collection[Category] = ("danger", "child")
"""What cannot wait for the next working day."""
SERIOUS: Collection[Category] = ("danger", "child", "violence")
"""What is kept longer once it is closed: authorities and courts may ask for it."""
OPEN = ("sent", "taken")
DIGITS = 4
"""Signs of a number: it is said aloud, and tells nothing by itself."""


# --- people in it --------------------------------------------------------------------------------


def signed(person: Person) -> dict[str, Any]:
    """Return how a person stands in a report. The database may give the number of somebody who is deleted to
    somebody new: by when they came the two are told apart."""
    return {"person": person.id, "since": person.created_at.isoformat()}


def known(db: Session, sign: Any) -> Person | None:
    """Return who the person is today who stands in a report so; None for nobody, and for who is deleted."""
    person = db.get(Person, sign["person"]) if sign else None
    if person is None or person.created_at.isoformat() != sign["since"]:
        return None
    is_one = people.merged_into(db, [person.id]).get(person.id)
    return person if is_one is None else db.get(Person, is_one)


def signs(db: Session, person: Person) -> list[dict[str, Any]]:
    """Return all ways in which a person may stand in reports: also as who they were on another messenger."""
    who = db.scalars(select(Person).where(Person.id.in_([person.id, *people.besides(db, person.id)])))
    return [signed(each) for each in who]


# --- sending -------------------------------------------------------------------------------------


def new_number(db: Session, rng: Chance) -> str:
    """Return a number that no report has: four signs without look-alikes."""
    while True:
        number = "".join(rng.choices(LETTERS, k=DIGITS))
        if db.scalar(select(Report.id).where(Report.number == number)) is None:
            return number


def send(
    db: Session,
    network: Network,
    number: str,
    *,
    category: Category,
    naming: Naming,
    reporter: Person,
    about: dict[str, Any] | None,
    said: dict[str, Any],
    due_at: datetime,
    now: datetime,
) -> Report:
    """Add a report that somebody has until `due_at` to take."""
    report = Report(
        network_id=network.id,
        number=number,
        category=category,
        naming=naming,
        reporter=signed(reporter),
        about=about,
        said=said,
        sent_at=now,
        due_at=due_at,
    )
    db.add(report)
    db.flush()
    return report


def add(report: Report, message: dict[str, Any], now: datetime) -> None:
    """Add a message to what a report says; it is kept when that was."""
    said, added = report.said or {}, {**message, "added_at": now.isoformat()}
    report.said = {**said, "messages": [*said.get("messages", ()), added]}


def give(db: Session, report: Report, person: Person, now: datetime) -> None:
    """Give a report to somebody who has not got it yet."""
    db.add(ReportReceiver(report_id=report.id, person_id=person.id, told_at=now))
    db.flush()


def receivers(db: Session, report: Report) -> Sequence[ReportReceiver]:
    """Return those to whom a report was given, also who passed it on, in this order."""
    given = select(ReportReceiver).where(ReportReceiver.report_id == report.id)
    return db.scalars(given.options(joinedload(ReportReceiver.person)).order_by(ReportReceiver.id)).all()


def receiver(db: Session, report_id: int, person: Person) -> ReportReceiver | None:
    """Return a person as one to whom a report was given; None where it was not, or they passed it on."""
    return db.scalar(
        select(ReportReceiver).where(
            ReportReceiver.report_id == report_id,
            ReportReceiver.person_id == person.id,
            ReportReceiver.involved_at.is_(None),
        )
    )


# --- what becomes of it --------------------------------------------------------------------------


def note_read(receiver: ReportReceiver, now: datetime) -> None:
    """Note when somebody first read a report."""
    receiver.read_at = receiver.read_at or now


def pass_on(db: Session, receiver: ReportReceiver, now: datetime) -> None:
    """Note that somebody is involved in what is reported, and hears no more of it."""
    receiver.involved_at = now
    db.flush()


def take(db: Session, report: Report, person: Person) -> bool:
    """Let a person take a report; return False where somebody else was faster, or it is over."""
    taken = (
        db.connection()
        .execute(
            update(Report)
            .where(Report.id == report.id, Report.state == "sent")
            .values(state="taken", taken_by_id=person.id)
        )
        .rowcount
    )
    db.refresh(report)
    return bool(taken)


def wait_until(report: Report, due_at: datetime) -> None:
    """Give people more time to take a report."""
    report.due_at = due_at


def give_back(db: Session, report: Report, due_at: datetime) -> None:
    """Let somebody else take a report until `due_at`: who took it cannot go on."""
    report.state, report.taken_by, report.due_at = "sent", None, due_at
    db.flush()


def close(report: Report, outcome: Outcome, sentence: str, now: datetime) -> None:
    """Close a report, with what became of it and a sentence."""
    report.state, report.outcome, report.closed_at = "closed", outcome, now
    report.sentence = sentence


def withdraw(report: Report, now: datetime) -> None:
    """Note that who reported took it back; nothing of what they said is kept."""
    report.state, report.closed_at = "withdrawn", now
    _empty(report)


def judge(report: Report, was_serious: bool) -> None:
    """Keep whether who reported was taken seriously."""
    report.was_serious = was_serious


def _empty(report: Report) -> None:
    report.reporter = report.about = report.said = report.sentence = None
    report.forgotten = True


# --- many of them --------------------------------------------------------------------------------


def about(db: Session, network: Network, person: Person, since: datetime) -> list[Report]:
    """Return the reports about a person in a network since then that were not taken back, the oldest first.
    Whom they are about is sealed, so all of that time are looked at."""
    sent = select(Report).where(
        Report.network_id == network.id, Report.sent_at >= since, Report.state != "withdrawn"
    )
    theirs = signs(db, person)
    return [
        report
        for report in db.scalars(sent.order_by(Report.sent_at, Report.id))
        if report.about and {key: report.about[key] for key in ("person", "since")} in theirs
    ]


def accused(db: Session, network_id: int, person: Person) -> set[int]:
    """Return whom (by id) the open reports of a network are about which a person has sent, or has got.
    People in reports are sealed, so all that are open are looked at."""
    there = select(Report.id, Report.reporter, Report.about).where(
        Report.network_id == network_id, Report.state.in_(OPEN)
    )
    found = db.execute(there).all()
    if not found:
        return set()
    got = select(ReportReceiver.report_id).where(
        ReportReceiver.person_id == person.id, ReportReceiver.involved_at.is_(None)
    )
    had, theirs = set(db.scalars(got)), signs(db, person)
    about = (known(db, row.about) for row in found if row.id in had or row.reporter in theirs)
    return {each.id for each in about if each is not None}


def sent_by(db: Session, network: Network, person: Person, since: datetime) -> int:
    """Return how many reports a person has sent since then. They are counted here, where they are sealed: a
    tally would tell who reports."""
    sent = select(Report).where(Report.network_id == network.id, Report.sent_at >= since)
    theirs = signs(db, person)
    return sum(report.reporter in theirs for report in db.scalars(sent))


def of(db: Session, person: Person) -> list[Report]:
    """Return what a person has reported, as long as its words are kept, the oldest first."""
    kept = select(Report).where(Report.forgotten.is_(False)).order_by(Report.id)
    theirs = signs(db, person)
    return [report for report in db.scalars(kept) if report.reporter in theirs]


def own_words(report: Report) -> list[dict[str, Any]]:
    """Return what the one who reported said in it themselves: of each message its words, and how many files
    came with it. What they forwarded, and whom they left out, is of others."""
    said = report.said or {}
    own = [each for each in said.get("messages", ()) if not each.get("forwarded")]
    messages = [{"words": each["words"], "files": len(each["media"])} for each in own]
    return [*messages, *([{"words": said["known"], "files": 0}] if said.get("known") else [])]


def closed(db: Session, network: Network, since: datetime) -> int:
    """Return how many reports were closed in a network since then."""
    return (
        db.scalar(
            select(func.count())
            .select_from(Report)
            .where(Report.network_id == network.id, Report.state == "closed", Report.closed_at >= since)
        )
        or 0
    )


def forget(db: Session, old: Old, *, serious: bool) -> Forgotten:
    """Delete the words of reports that were closed too long ago, and who is in them; `serious` ones, or the
    others. That there was one, of which kind and how it ended, still counts."""
    kind = Report.category.in_(SERIOUS) if serious else Report.category.not_in(SERIOUS)
    how = update(Report).values(reporter=None, about=None, said=None, sentence=None, forgotten=True)
    return old.forget(db, how, Report.closed_at, Report.id, kind, Report.forgotten.is_(False))
