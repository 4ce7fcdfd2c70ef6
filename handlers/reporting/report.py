"""Danger, violence and harm: whom to call first, then a report that goes to people who are not involved.
Nobody is told without a tap."""

from collections.abc import Callable
from itertools import count

from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Role,
    Text,
    UserMessage,
    _,
    command,
    form,
    lines,
    paragraphs,
)
from db.models import Category, Naming, Person
from db.network import members, reports
from handlers.protecting import emergency, limits, ways
from handlers.reporting import about, giving, routing, sending, wording
from handlers.reporting.about import About
from handlers.reporting.sending import Draft
from handlers.reporting.steps import AddToReport, AskMembers, TakeReportBack

LONGEST = 3000
"""Characters of a part of what happened; more of them can follow."""
PARTS = 10
MOST = 5
"""Reports of harm that one person sends in a day: each takes hours of those who receive it. In danger there
is no limit."""


@command("report", needs=Role.ANYONE, menu=_("Report danger or harm"), discreet=True, changed=AddToReport)
def report(ctx: Context) -> None:
    """Show whom to call where somebody is in danger, before any question; then ask what has happened."""
    ctx.say(lines(_("If somebody is in danger now, call first:"), emergency.every(ctx)))
    if not ctx.may(Role.MEMBER):
        ctx.say(ways.about_people(ctx, ()), forget=True)
    elif ctx.confirm("danger", _("Is somebody in danger right now?"), yes=_("Yes, now"), no=_("No")):
        _danger(ctx)
    else:
        _harm(ctx)


# --- danger --------------------------------------------------------------------------------------


def _danger(ctx: Context) -> None:
    """Say once more whom to call, and tell people at once, where that is wished."""

    call = _("<b>Call {numbers} now.</b>", numbers=emergency.at_once(ctx))

    def asks(there: list[Person]) -> AnyText:
        return paragraphs(
            call,
            _("I can tell {people} too, with your name.", people=wording.names(there)),
        )

    chosen = _receivers(
        ctx,
        None,
        asks,
        yes=_("Yes, tell them"),
        no=_("No"),
        otherwise=_("All right. I tell nobody. Please call {numbers}.", numbers=emergency.at_once(ctx)),
        nobody=paragraphs(call, ways.NOBODY),
    )
    if chosen is None:
        return
    there, without = chosen
    sent = sending.send(ctx, Draft("danger", "named", About(None), (), "", without), there)
    ctx.say(
        paragraphs(
            lines(_("I have told {people}.", people=wording.names(there)), giving.asleep(ctx, sent, there)),
            _("Do not wait for them: please call {numbers}.", numbers=emergency.at_once(ctx)),
            wording.until(there, sent.due_at),
            _("I write to you then in any case. Your number: {number}.", number=wording.number(sent)),
        ),
        Button(_("Write down what has happened"), Command("report"), keep=True),
        forget=True,
    )


# --- harm ----------------------------------------------------------------------------------------


def _harm(ctx: Context) -> None:
    """Ask what there is to know, show it once more with the names of those who will read it, and send it."""
    if reports.sent_by(ctx.db, ctx.network, ctx.person, ctx.now - limits.DAY) >= MOST:
        ctx.say(
            paragraphs(
                _("You have sent {n} reports since yesterday. Those who received them look at each.", n=MOST),
                _("If somebody is in danger, call {numbers}.", numbers=emergency.at_once(ctx)),
            ),
            forget=True,
        )
        return
    if not routing.first(ctx, ctx.network, _not_for(ctx, None)):
        ctx.say(ways.NOBODY, forget=True)
        return
    category: Category = ctx.choose("category", _("What is it about?"), wording.CATEGORIES)
    if category == "network" and _can_be_asked(ctx):
        _offer_vote(ctx)
    if category in ("child", "violence"):
        ctx.say(
            paragraphs(
                lines(_("You can call now:"), emergency.numbers(ctx, {category}, of_other=False)),
                [_("You can also ask any youth office for advice, without names.")]
                if category == "child"
                else [],
            )
        )
    whom = about.ask(ctx)
    if whom is None:
        return
    said = _what(ctx)
    known = ctx.ask("known", _("Who knows of it already?"), skip=_("Nobody"), max_length=500) or ""
    expected = routing.first(ctx, ctx.network, _not_for(ctx, whom.person))
    if not expected:
        ctx.say(ways.NOBODY, forget=True)
        return
    naming: Naming = ctx.choose(
        "naming", _("May {people} ask you back?", people=wording.names(expected)), wording.NAMINGS
    )

    def asks(there: list[Person]) -> AnyText:
        return paragraphs(
            _preview(ctx, category, whom, said, known, naming),
            _("This goes to <b>{people}</b>, and to nobody else.", people=wording.names(there)),
            _("I cannot promise that it stays secret if somebody is in danger."),
        )

    chosen = _receivers(
        ctx,
        whom.person,
        asks,
        yes=_("Send it"),
        no=_("Do not send"),
        otherwise=_("All right. Nothing was sent, and nothing of it is kept."),
    )
    if chosen is None:
        return
    there, without = chosen
    sent = sending.send(ctx, Draft(category, naming, whom, said, known, without), there)
    ctx.say(
        paragraphs(
            lines(_("Thank you."), giving.asleep(ctx, sent, there)),
            wording.until(there, sent.due_at),
            _("I write to you then in any case. Your number: {number}.", number=wording.number(sent)),
        ),
        Button(_("Add something"), AddToReport(sent.id), keep=True),
        Button(_("Take it back"), TakeReportBack(sent.id), keep=True),
        forget=True,
    )


def _can_be_asked(ctx: Context) -> bool:
    """Whether the members can be asked about somebody who coordinates, besides the one who acts."""
    there = members.coordinators(ctx.db, ctx.network.id)
    return any(each.role == "meta_mentor" and each.id != ctx.member.id for each in there)


def _offer_vote(ctx: Context) -> None:
    """Ask whether it is a harm, or whether all are to be asked who leads the network."""
    wants_vote = ctx.confirm(
        "vote",
        _("Do you want to report something, or should all members be asked who coordinates?"),
        yes=_("I want members to be asked"),
        no=_("I want to report something"),
    )
    if wants_vote:
        ctx.redirect(AskMembers())


def _what(ctx: Context) -> list[UserMessage]:
    """Ask what has happened: words, voice notes, pictures. Nothing is taken out of it."""
    asks = _(
        "What has happened, as exactly as you can? What did you see or hear, when, where, in whose words? "
        "You can also send pictures or a voice note."
    )
    said = [ctx.ask_message("what", asks, max_length=LONGEST)]
    for number in range(2, PARTS + 1):
        more = ctx.ask_message_or(
            f"what{number}",
            _("Is there more? Then write or send it now."),
            {"all": _("That is all")},
            max_length=LONGEST,
        )
        if isinstance(more, str):
            break
        said.append(more)
    return said


def _preview(
    ctx: Context, category: Category, whom: About, said: list[UserMessage], known: str, naming: Naming
) -> AnyText:
    files = sum(len(each.media) for each in said)
    return paragraphs(
        lines(
            form("<b>{kind}</b>", kind=wording.KINDS[category]),
            _("About: {name}", name=wording.called(whom.person is not None, whom.called)),
            _("From: {name}", name=ctx.person.name)
            if naming == "named"
            else _("From somebody without a name"),
        ),
        wording.quoted(said),
        [wording.files(files)] if files else [],
        [_("Who knows of it: {known}", known=known)] if known else [],
    )


# --- for both ------------------------------------------------------------------------------------


def _not_for(ctx: Context, whom: Person | None) -> set[int]:
    """Return who must not receive a report (by id)."""
    return {ctx.person.id, *([whom.id] if whom is not None else [])}


def _receivers(
    ctx: Context,
    whom: Person | None,
    asks: Callable[[list[Person]], AnyText],
    *,
    yes: Text,
    no: Text,
    otherwise: Text,
    nobody: AnyText = ways.NOBODY,
) -> tuple[list[Person], set[int]] | None:
    """Ask, as the last question, whether these people are to receive a report; each of them can be left out.
    Return who they are, and who must not be (by id); None after saying `otherwise` where nobody is to receive
    it, or `nobody` where nobody can."""
    without = _not_for(ctx, whom)
    for number in count(1):
        there = routing.first(ctx, ctx.network, without)
        if not there:
            break
        ctx.shown(f"receivers{number}", [person.id for person in there])
        answer = ctx.choose(
            f"send{number}",
            asks(there),
            {
                "send": yes,
                **{str(person.id): _("Not to {name}", name=person.name) for person in there},
                "no": no,
            },
        )
        if answer == "send":
            return there, without
        if answer == "no":
            ctx.say(otherwise, forget=True)
            return None
        without.add(int(answer))
    ctx.say(nobody, forget=True)
    return None
