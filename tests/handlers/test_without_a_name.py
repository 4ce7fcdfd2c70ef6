"""Every way in which words of somebody who asked without a name leave, tried for two who differ in
messenger, language and time zone. All that the others see has to be the same, whoever of the two it was:
on the same messenger as the helper, and on another one.

Who is asked at all depends on what an asker has in common with others, and is the same for these two.
What a file brings along in its bytes is tried at each messenger by tests/contract/test_files.py and
tests/delivery/test_traces.py.
"""

import logging
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

import i18n
from tests.support.stage import play

XENIA, YUSUF = "Xenia", "Yusuf"
ASKERS: Mapping[str, str] = {
    XENIA: "@ Xenia, member on telegram, en, helps with school, speaks en",
    YUSUF: "@ Yusuf, member on matrix, de, Asia/Tokyo, helps with school, speaks en",
}
SECRETS = re.compile(r"Tokyo|SECRET", re.IGNORECASE)
"""What nobody else may see: SECRET stands in names of files, and in words that are too late."""
LOGGED = re.compile(r"xenia|yusuf|Tokyo|SECRET|market|Who knows", re.IGNORECASE)
"""What may stand in no log."""
OTHERS = """\
@ Bo, member on {messenger}, en, helps with papers, speaks en
@ Cy, member on telegram, en, helps with papers, speaks en
@ Mia, meta-mentor on telegram, en
"""
ASKS = """\
{asker}: /ask papers Who knows the office?
{asker}: [Send it without my name]
{asker}: [Send it without my name]
"""
TALK = f"""\
{ASKS}Bo: [I can help]
Bo: It is at the market.
{{asker}}: Thank you, and when?
"""
ROOM = """\
@ Neckar, room on telegram, led by Mia
Mia in Neckar: (brings the bot)
Mia in Neckar: /bind
Cy in Neckar: /help
"""

WAYS: Mapping[str, str] = {
    "the request": ASKS,
    "words": TALK,
    "more words to the request": f"{ASKS}{{asker}}: by the way, it is the town hall\n"
    "{asker}: [Add it to my question]\n",
    "an edit": f'{TALK}{{asker}}: (edits "Thank you") Thank you, and where?\n',
    "an edit of the request": f'{ASKS}{{asker}}: (edits "/ask papers") /ask papers Who knows SECRET?\n',
    "a deletion": f'{TALK}{{asker}}: (deletes "Thank you")\n',
    "a reply": f'{TALK}{{asker}}: (answers "Bo: It is") This one?\n',
    "a reply to the asker": f'{TALK}Bo: (answers "The person who asked") At ten.\n',
    "a quote": f"{TALK}{{asker}}: (forwards from Sam SECRET) The office moves.\n",
    "a voice note": f"{TALK}{{asker}}: (voice)\n",
    "a picture and its caption": f"{TALK}{{asker}}: (photo) Is it this one?\n",
    "an album": f"{TALK}{{asker}}: (photo in album 1) Look\n{{asker}}: (photo in album 1)\n+ 1 minute\n",
    "the name of a file": f"{TALK}{{asker}}: (document SECRET_Xenia_Yusuf.pdf) The letter\n",
    "a file with the request": "{asker}: /ask papers\n{asker}: (document SECRET.pdf) What is this?\n"
    "{asker}: [Send it without my name]\n{asker}: [Send it without my name]\nBo: [I can help]\n",
    "what cannot be carried": f"{TALK}{{asker}}: (sticker)\n{{asker}}: (document of 30 MB)\n",
    "a word that may want to get out": f"{TALK}{{asker}}: stop\n{{asker}}: [Carry it]\n",
    "more words than are passed on": TALK + "".join(f"{{asker}}: line {n}\n" for n in range(125)),
    "words for somebody who has gone": f"{TALK}Bo: (blocks the bot)\n{{asker}}: Are you there?\n",
    "words to somebody who has gone": f"{TALK}{{asker}}: (blocks the bot)\nBo: Are you there?\n",
    "coming back": f"{TALK}{{asker}}: (blocks the bot)\nBo: Hm\n{{asker}}: (comes back)\n"
    "Bo: Are you there?\n",
    "words of need": f"{TALK}{{asker}}: I want to kill myself\n",
    "settled, and the follow-up": f"{TALK}{{asker}}: /close\n{{asker}}: [Yes, it is settled]\n"
    "Bo: You are welcome\n+ 4 days\n{asker}: [Yes]\n",
    "words after the end": f"{TALK}{{asker}}: /close\n{{asker}}: [Yes, it is settled]\n+ 2 days\n"
    '{asker}: One more thing\nBo: (answers "The person who asked") And?\n',
    "somebody else is asked": f"{TALK}{{asker}}: /close\n{{asker}}: [No, ask somebody else]\n"
    "Cy: [I can help]\nCy: Hello\nBo: Are you there?\n",
    "withdrawn": f"{TALK}{{asker}}: /close\n{{asker}}: [No, but it no longer matters]\nBo: Are you there?\n",
    "the helper ends it": f"{TALK}Bo: /close\nCy: [Not now]\n",
    "the asker does not want to meet again": f"{TALK}{{asker}}: [More]\n"
    "{asker}: [Do not bring us together again]\nBo: /profile\nBo: /cancel\nCy: [I can help]\n",
    "the helper does not want to meet again": f"{TALK}Bo: [More]\nBo: [Do not bring us together again]\n"
    "Bo: /profile\nBo: [Who I do not want to meet]\nBo: What now\n",
    "a report": f"{TALK}Bo: [More]\nBo: [Report]\n",
    "a second question, by name of nobody": TALK
    + ASKS.replace("the office", "the school").replace("papers", "school"),
    "the room": f"{ROOM}{{asker}}: /ask papers Who knows the office?\n{{asker}}: [In the group too]\n"
    "{asker}: [Send it without my name]\n{asker}: [Send it without my name]\n"
    'Cy in Neckar: (answers "Somebody from") At the market.\nCy in Neckar: [I can help]\nCy: Hello\n',
    "an urgent question": "{asker}: /ask papers Who knows the office?\n{asker}: [It is urgent]\n"
    "{asker}: [Send it without my name]\n{asker}: [Send it without my name]\nCy: [I can help]\nCy: Hello\n",
    "nobody can help": f"{ASKS}Bo: [Not now]\nCy: [Not now]\n+ 5 days\n",
    "silence": f"{TALK}+ 32 days\n",
    "a change of language": f"{TALK}{{asker}}: /language English\n{{asker}}: And now?\n",
    "another name": f"{TALK}{{asker}}: /profile name Secreta\n{{asker}}: And now?\n",
    "a pause": f"{TALK}{{asker}}: /pause 2 weeks\nBo: Are you there?\n",
    "leaving": f"{TALK}{{asker}}: /leave\n{{asker}}: [Leave]\n+ 4 days\nBo: Are you there?\n",
}
"""How words leave, and what else can be seen of whoever wrote them."""

LOOKS = """\
Bo: /requests
Bo: /card
Cy: /requests
"""
"""What others look at afterwards."""
COORDINATES = """\
Mia: /pulse
Mia: [One by one]
Mia: [Later]
Mia: /log
Mia: /members bo
Mia: /requests
"""
"""What who coordinates looks at."""
BY_NAME = {"words to somebody who has gone", "coming back", "another name", "a pause", "leaving"}
"""What people do under their own name, and who coordinates may see: nothing of it points at the question."""


def translated(line: str, locale: str) -> str:
    """A line of the script as somebody presses it who reads another language."""
    label = re.fullmatch(r"(\w+: )\[(.*)\]", line)
    if label is None or locale == i18n.SOURCE:
        return line
    text = i18n.catalogue(locale).texts[label[2]]
    assert isinstance(text, str)
    return f"{label[1]}[{text}]"


def seen_by_others(way: str, asker: str, messenger: str, folder: Path) -> list[str]:
    """All that others see while somebody asks in this way, and afterwards."""
    (other,) = ASKERS.keys() - {asker}
    cast = "\n".join([*ASKERS.values(), OTHERS.format(messenger=messenger)])
    story = [line for line in WAYS[way].format(asker=asker).splitlines() if not line.startswith(f"{other}:")]
    locale = "de" if asker == YUSUF else "en"
    lines = [translated(line, locale) if line.startswith(f"{asker}: ") else line for line in story]
    looks = LOOKS if way in BY_NAME else LOOKS + COORDINATES
    played = play("\n".join([cast, *lines, looks]), f"sqlite:///{folder}/db")
    shown = re.findall(r"^    [>~] (\S+?)(?: in \S+)?: (.*(?:\n    \|.*)*)", played, re.MULTILINE)
    return [f"{who}: {what}" for who, what in shown if who not in ASKERS]


def with_helpers() -> list[object]:
    """Return each way with a helper on either messenger, which for one of the two askers is their own:
    `make test` tries them in turn."""
    return [
        pytest.param(way, messenger, marks=[] if number % 2 else pytest.mark.soak)
        for nth, way in enumerate(WAYS)
        for number, messenger in enumerate(("telegram", "matrix"), nth)
    ]


@pytest.mark.parametrize(("way", "messenger"), with_helpers())
def test_others_see_the_same_whoever_asked(
    way: str, messenger: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "mentornet")
    views = {}
    for asker in ASKERS:
        (folder := tmp_path / asker).mkdir()
        views[asker] = seen_by_others(way, asker, messenger, folder)
    assert any("Who knows" in line or "What is this?" in line for line in views[XENIA])
    assert [line for line in views[XENIA] if SECRETS.search(line)] == []
    assert views[XENIA] == views[YUSUF]
    logged = [str(vars(record)) for record in caplog.records if record.name.startswith("mentornet")]
    assert len(logged) > 20
    assert [line for line in logged if LOGGED.search(line)] == []
