"""How a network runs: how long the bot waits and how many it asks, in sentences with their values.
Members read the same sentences."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot import (
    AnyText,
    Button,
    Context,
    Text,
    Unclear,
    Verbatim,
    _,
    _n,
    form,
    heading,
    lines,
    on,
)
from bot.lists import act, has_changed
from bot.reading.when import numbers as counted
from bot.reading.when import spans
from db.models import Network
from db.network import numbers
from db.network.numbers import NUMBERS
from handlers.network.steps import ChangeNumber, ShowNumbers, UsualNumbers

MINUTES = 60
LONGEST_KEY = 40

NAMES: Mapping[str, Text] = {
    "silence_hours": _("Until I ask the next one"),
    "peers": _("How many one by one"),
    "widen_hours": _("Until I ask all who know it"),
    "hand_over_hours": _("Until you take care of it"),
    "last_question_hours": _("The last question"),
    "follow_up_hours": _("Asking whether it was good"),
    "relay_silence_hours": _("The end of a conversation"),
    "reminder_hours": _("The reminder of a check-in"),
    "organisation_hours": _("Checking an organisation again"),
    "invitation_hours": _("How long codes are good"),
}
"""What they are called where one is chosen."""

SENTENCES: Mapping[str, Text] = {
    "silence_hours": _("I wait <b>{value}</b> for an answer, then I ask the next one."),
    "peers": _("I ask <b>{value}</b> one by one, then all who know the topic."),
    "widen_hours": _("After <b>{value}</b> at the latest, I ask all who know the topic."),
    "hand_over_hours": _(
        "If nobody has said yes after <b>{value}</b>, those who coordinate take care of it."
    ),
    "last_question_hours": _(
        "If nobody can help for <b>{value}</b>, I ask the person who asked one last time."
    ),
    "follow_up_hours": _("<b>{value}</b> after somebody helped, I ask whether it was good."),
    "relay_silence_hours": _("A conversation ends after <b>{value}</b> of silence."),
    "reminder_hours": _("Whoever leaves a check-in unanswered for <b>{value}</b> is reminded once."),
    "organisation_hours": _(
        "After <b>{value}</b> I ask somebody whether the entry of an organisation is still right."
    ),
    "invitation_hours": _("Invitation codes are good for <b>{value}</b>."),
}
GROUPS: Mapping[str, Text] = {
    "silence_hours": _("Questions"),
    "relay_silence_hours": _("Everything else"),
}
"""Where a part of the list begins, and what it is called."""

SUGGESTED: Mapping[str, list[float]] = {
    "silence_hours": [1, 2, 4],
    "peers": [2, 3, 5],
    "widen_hours": [6, 12, 24],
    "hand_over_hours": [24, 48, 72],
    "last_question_hours": [7 * 24, 14 * 24, 30 * 24],
    "follow_up_hours": [24, 3 * 24, 7 * 24],
    "relay_silence_hours": [7 * 24, 14 * 24, 30 * 24],
    "reminder_hours": [24, 3 * 24, 5 * 24],
    "organisation_hours": [183 * 24, 365 * 24, 730 * 24],
    "invitation_hours": [7 * 24, 30 * 24, 60 * 24],
}


def said(key: str, value: float) -> AnyText:
    """Return a number as it is said: "2 hours", "3 people"."""
    if key not in NUMBERS or NUMBERS[key].unit != "people":
        return spans.said(round(value * MINUTES))
    return _n("{n} person", "{n} people", int(value))


def _changed(details: Mapping[str, Any]) -> AnyText:
    """Return what was changed from what to what, for the journal."""
    parts = [
        _("{name}: {before}, now {after}.", name=NAMES[key], before=said(key, before), after=said(key, after))
        for key, (before, after) in details.get("changes", {}).items()
        if key in NAMES
    ]
    return lines(parts)


CHANGED = act("network.numbers_changed", _("{who} changed how the network runs on {day}."), _changed)


def sentences(network: Network) -> Iterator[AnyText]:
    """Yield how a network runs, a group a paragraph."""
    groups: list[list[AnyText]] = []
    for key, sentence in SENTENCES.items():
        if key in GROUPS:
            groups.append([form("<b>{group}</b>", group=GROUPS[key])])
        groups[-1].append(_with(sentence, key, numbers.value(network, key)))
    groups[0].append(_("While people have their quiet hours, my clock for them stands still."))
    yield from map(lines, groups)


def _with(sentence: Text, key: str, value: float) -> Text:
    return Text(sentence.msgid, {"value": said(key, value)})


@on(ShowNumbers)
def show_numbers(ctx: Context, step: ShowNumbers) -> None:
    """Show how the network runs, and what can be done about it."""
    unknown = numbers.unknown(ctx.network)
    no_longer = [_("{name}: no longer used.", name=Verbatim(key[:LONGEST_KEY])) for key in unknown]
    ctx.say(
        heading(
            _("How {network} runs", network=ctx.network.name),
            *sentences(ctx.network),
            *([lines(no_longer)] if no_longer else []),
        ),
        Button(_("Change one"), ChangeNumber(), keep=True),
        *(
            [Button(_("As it was at the start"), UsualNumbers(), keep=True)]
            if numbers.changed(ctx.network)
            else []
        ),
        *([Button(_("Take it out of the list"), UsualNumbers(unused=True))] if unknown else []),
    )


@on(ChangeNumber)
def change_number(ctx: Context, step: ChangeNumber) -> None:
    """Ask which number is to be another one, and for its value; what does not go together is said."""
    ctx.hold(Network, ctx.network.id)
    network = ctx.network
    key = ctx.choose("which", _("What should be different?"), NAMES)
    ctx.shown("numbers", dict(network.numbers))
    present = numbers.value(network, key)
    answer = ctx.ask(
        "value",
        lines(_with(SENTENCES[key], key, present), _possible(key)),
        parse=lambda words: str(_typed(ctx, key, words)),
        suggest=_offered(network, key),
    )
    value = _value(key, int(answer))
    if value == present:
        ctx.say(_("It is like that already."), Button(_("Change one"), ChangeNumber()))
        return
    if (why := _why_not(network, key, value)) is not None:  # a tap on something that was doubtful
        ctx.say(why, Button(_("Change one"), ChangeNumber()))
        return
    numbers.change(network, key, value)
    CHANGED.record(ctx, network, changes={key: [present, value]})
    has_changed(ctx, network)
    ctx.say(
        lines(
            _("From now on:"),
            _with(SENTENCES[key], key, value),
            *([_("Questions that are on their way keep their times.")] if key in ON_THEIR_WAY else []),
        ),
        Button(_("Change one"), ChangeNumber()),
        Button(_("How it runs"), ShowNumbers()),
    )


def _offered(network: Network, key: str) -> dict[str, AnyText]:
    """Return which suggestions are another value, and go with the others."""
    offered: dict[str, AnyText] = {}
    for each in SUGGESTED[key]:
        if each != numbers.value(network, key) and _why_not(network, key, each) is None:
            offered[str(_minutes(key, each))] = said(key, each)
    return offered


ON_THEIR_WAY = [*SENTENCES][: [*SENTENCES].index("relay_silence_hours")]
"""The numbers with which a question begins, and which it keeps."""


def _minutes(key: str, value: float) -> int:
    """Return a number as it is kept while it is asked for: minutes, or people."""
    return int(value) if NUMBERS[key].unit == "people" else round(value * MINUTES)


def _value(key: str, minutes: int) -> float:
    if NUMBERS[key].unit == "people":
        return minutes
    return minutes // MINUTES if not minutes % MINUTES else minutes / MINUTES


def _range(key: str) -> Text:
    return _(
        "From {least} to {most}, please.",
        least=said(key, NUMBERS[key].least),
        most=said(key, NUMBERS[key].most),
    )


def _possible(key: str) -> Text:
    """Return in the question what the answer can be."""
    number = NUMBERS[key]
    return _(
        "It can be anything from {least} to {most}.",
        least=said(key, number.least),
        most=said(key, number.most),
    )


def _typed(ctx: Context, key: str, words: str) -> int:
    """Return the value that is typed. Raises Unclear where it is none, or does not fit."""
    unit = NUMBERS[key].unit
    if unit == "people":
        found = counted.number(words, int(NUMBERS[key].most), ctx.reader.locale)
    else:
        found = spans.minutes(words, unit, ctx.reader.locale)
    if unit == "day" and found % (24 * MINUTES):
        raise Unclear(_("Please name whole days."))
    value = _value(key, found)
    if not NUMBERS[key].least <= value <= NUMBERS[key].most:
        raise Unclear(_range(key))
    if value != numbers.value(ctx.network, key) and (why := _why_not(ctx.network, key, value)) is not None:
        raise Unclear(why)
    return found


def _why_not(network: Network, key: str, value: float) -> Text | None:
    """Return why a value does not go with the others: all who know the topic are asked after those who are
    asked one by one, and before it is with those who coordinate. None where it does."""
    then = {each: numbers.value(network, each) for each in NUMBERS} | {key: value}
    one_by_one = then["peers"] * then["silence_hours"]
    if key in ("peers", "silence_hours", "widen_hours") and one_by_one > then["widen_hours"]:
        limits = {
            "peers": _n(
                "Please choose {n} at most.",
                "Please choose {n} at most.",
                max(int(then["widen_hours"] / then["silence_hours"]), 1),
            ),
            "silence_hours": _(
                "Please choose {span} at most.", span=_span(then["widen_hours"] / then["peers"])
            ),
            "widen_hours": _("Please choose {span} or more.", span=_span(one_by_one)),
        }
        many = int(then["peers"])
        return _n(
            "Then all would be asked before the one I ask first has had time to answer. {limit}",
            "Then all would be asked before {n} people one by one have had time to answer. {limit}",
            many,
            limit=limits[key],
        )
    if key in ("widen_hours", "hand_over_hours") and then["widen_hours"] >= then["hand_over_hours"]:
        limit = (
            _("Please choose less than {span}.", span=_span(then["hand_over_hours"]))
            if key == "widen_hours"
            else _("Please choose more than {span}.", span=_span(then["widen_hours"]))
        )
        return _("Then it would be with those who coordinate before all were asked. {limit}", limit=limit)
    return None


def _span(hours: float) -> Text:
    return spans.said(int(hours * MINUTES))


@on(UsualNumbers)
def usual_numbers(ctx: Context, step: UsualNumbers) -> None:
    """Show what would be different, and make all numbers what they were at the start."""
    ctx.hold(Network, ctx.network.id)
    network = ctx.network
    if step.unused:
        if numbers.unknown(network):
            numbers.take_out_unknown(network)
            CHANGED.record(ctx, network)
        show_numbers(ctx, ShowNumbers())
        return
    changes = {key: [numbers.value(network, key), NUMBERS[key].usual] for key in numbers.changed(network)}
    if not changes:
        ctx.say(_("It is like that already."), Button(_("How it runs"), ShowNumbers()))
        return
    ctx.shown("changes", changes)
    if not ctx.sure(
        lines(_("This will be different:"), _changed({"changes": changes})),
        yes=_("As it was at the start"),
        no=_("Leave it as it is"),
        otherwise=_("All right. I have changed nothing."),
    ):
        return
    numbers.as_usual(network)
    CHANGED.record(ctx, network, changes=changes)
    has_changed(ctx, network)
    show_numbers(ctx, ShowNumbers())
