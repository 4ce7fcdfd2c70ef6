"""What is done in a network that has grown: short conversations, of which the last line is measured.

A line is somebody's, "mia: /leave" or "mia: [A week]", or a timer's, "due: asking.Widen". Members of the
crowd are called by these names; "peer" is whoever was asked last.
"""

from collections.abc import Mapping, Sequence

ASKED = ("ana: /ask papers Which office is it?", "ana: [Send it with my name]")
TAKEN = (*ASKED, "peer: [I can help]")
ANNOUNCED = (
    "mia: /announce",
    "mia: We all meet on Friday at six.",
    "mia: [Everybody",
    "mia: [Send it]",
)

ACTS: Mapping[str, Sequence[str]] = {
    "/help": ("ana: /help",),
    "/profile": ("ana: /profile",),
    "/networks": ("ana: /networks",),
    "/requests": (*ASKED, "ana: /requests"),
    "/ask, the question is shown": ASKED[:1],
    "/ask, sent: a peer is chosen": ASKED,
    "a peer declines: the next is chosen": (*ASKED, "peer: [Not now]"),
    "a peer takes it": TAKEN,
    "words to the other one": (*TAKEN, "ana: Thank you, when can we talk?"),
    "/close": (*TAKEN, "ana: /close"),
    "urgent: a wave is asked": (ASKED[0], "ana: [It is urgent]"),
    "a question is widened": (*ASKED, "due: asking.Widen"),
    "the coordinators get a question": (*ASKED, "due: asking.HandOver"),
    "/pause, a week": ("ana: /pause", "ana: [A week]"),
    "/leave": ("ana: /leave",),
    "/leave, done": ("ana: /leave", "ana: [Leave]"),
    "/forget": ("ana: /forget",),
    "somebody is forgotten": ("due: privacy.ForgetDue",),
    "check-ins that fall due together": ("due: checking_in.AskMember",),
    "a check-in: not good": ("due: checking_in.AskMember", "ana: [Not good]"),
    "the digest of a round": ("due: checking_in.SendDigest",),
    "/pulse": ("mia: /pulse",),
    "/pulse, the figures": ("mia: /pulse", "mia: [The figures]"),
    "/log": ("mia: /log",),
    "/members": ("mia: /members",),
    "/members, the next page": ("mia: /members", "mia: [More]"),
    "/members, found by a name of one": ("mia: /members Hanna Ioaevaa",),
    "/members, found by a name of many": ("mia: /members Hanna",),
    "/invite": ("mia: /invite",),
    "/announce, for whom": ANNOUNCED[:2],
    "/announce, shown before": ANNOUNCED[:3],
    "/announce, written": ANNOUNCED,
    "/schedule, shown before": ("mia: /schedule", "mia: [Time]", "mia: 19:00"),
    "/schedule, planned": ("mia: /schedule", "mia: [Time]", "mia: 19:00", "mia: [Plan it"),
    "/network, another time zone": ("mia: /network", "mia: [Time zone]", "mia: Lisbon"),
    "the morning of who coordinates": ("due: coordinating.Mornings",),
    "/find": ("ana: /find work permit",),
    "/orgs": ("ana: /orgs papers",),
    "/export, the figures": ("mia: /export figures", "mia: [From the beginning]"),
    "/export, the questions": ("mia: /export requests", "mia: [From the beginning]"),
    "a vote is closed, and counted": ("due: electing.CloseVote",),
    "those who coordinate are looked at": ("due: handing_over.LookAround",),
    "/card of a stranger": ("new: /card",),
    "/operator": ("op: /operator",),
    "a night": ("due: protecting.Nightly",),
}
"""What is measured → how one gets there."""
