"""What stored words are called in which people see what is kept of them."""

from collections.abc import Mapping
from typing import Any

from bot import AnyText, Weekday, _, form
from db.people import weekdays
from handlers.asking.following_up import ANSWERS
from handlers.checking_in.amount import AMOUNTS
from handlers.checking_in.rounds import MOODS
from handlers.reporting import wording
from handlers.vocabulary import GROUPS, LABELS, ROLES, TOPICS

VALUES: Mapping[tuple[str, str], Mapping[Any, AnyText]] = {
    ("people", "quiet_days"): {0: _("none")}
    | {bits: form("{days}", days=[Weekday(day) for day in weekdays(bits)]) for bits in range(1, 128)},
    ("members", "role"): ROLES,
    ("members", "offered_role"): ROLES,
    ("members", "label"): LABELS,
    ("members", "state"): {
        "founding": _("waits for a confirmation"),
        "active": _("goes on"),
        "resting": _("rests"),
        "left": _("you left"),
        "removed": _("has ended; coming back takes a new invitation"),
        "merged": _("is one with that of your other account"),
    },
    ("members", "silence"): {
        "asked": _("asked whether you are still there"),
        "warned": _("told you that your place will rest"),
        "rests": _("let your place rest"),
        "goes": _("told you that I will forget you there"),
    },
    ("member_topics", "topic"): TOPICS,
    ("help_requests", "topic"): TOPICS,
    ("help_requests", "state"): {
        "open": _("looks for somebody"),
        "taken": _("somebody helps"),
        "solved": _("settled"),
        "withdrawn": _("withdrawn"),
        "handed": _("those who coordinate see to it"),
    },
    ("help_requests", "helped"): ANSWERS,
    ("asked", "answer"): {
        "yes": _("Yes"),
        "no": _("No"),
        "late": _("Yes, but somebody was faster"),
        "passed": _("not asked"),
    },
    ("check_ins", "mood"): MOODS,
    ("amounts", "says"): AMOUNTS,
    ("check_ins", "wants"): {
        "meta_mentor": _("somebody who coordinates"),
        "nothing": _("nobody"),
    },
    ("deliveries", "state"): {
        "waiting": _("on its way"),
        "sent": _("arrived"),
        "unreachable": _("did not arrive"),
        "refused": _("did not arrive"),
        "dropped": _("did not arrive"),
    },
    ("invitations", "label"): LABELS,
    ("invitations", "role"): ROLES,
    ("applications", "state"): {
        "open": _("waits for an answer"),
        "talking": _("somebody talks with you first"),
        "accepted": _("you are in"),
        "declined": _("was declined"),
        "withdrawn": _("taken back"),
        "lapsed": _("ended without an answer"),
    },
    ("reports", "category"): wording.KINDS,
    ("reports", "naming"): wording.NAMINGS,
    ("reports", "outcome"): wording.OUTCOMES,
    ("reports", "state"): {
        "sent": _("nobody has taken it yet"),
        "taken": _("somebody takes care of it"),
        "closed": _("closed"),
    },
    ("handovers", "state"): {
        "offered": _("waits for an answer"),
        "taken": _("taken"),
        "declined": _("was declined"),
        "over": _("ended without an answer"),
    },
    ("shelf", "kind"): {
        "resource": _("a link, a file or a text"),
        "experience": _("an experience"),
        "card": _("a solved card"),
        "organisation": _("an organisation"),
    },
    ("shelf", "topic"): TOPICS,
    ("shelf_opinions", "says"): {"helped": _("it helped"), "out_of_date": _("it is out of date")},
    ("goals", "state"): {"open": _("open"), "reached": _("reached"), "rested": _("rests")},
    ("organisation_words", "says"): {
        "asked": _("you were asked whether it is right"),
        "right": _("it is right"),
        "changed": _("you changed it"),
        "gone": _("it is gone"),
        "unknown": _("you do not know"),
        "helped": _("it helped"),
        "wrong": _("something is wrong"),
    },
    ("announcements", "audience"): {**GROUPS, "all": _("everybody"), "new": _("newcomers")},
}
"""What stored words are called; others are shown as they are."""
