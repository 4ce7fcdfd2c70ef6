"""Topics are named and guessed as people write of them."""

import pytest

import i18n
from bot.reading.topics import guessed, named
from handlers.vocabulary import TOPICS

REQUESTS = {
    "papers": [
        "Which office stamps a birth certificate from Iran?",
        "my mentee has a form with nine pages and nobody can fill it in",
        "she lost her passport, where does she go first",
        "Wo meldet man sich in Ulm an?",
        "Der Antrag ist kompliziert, wer hat so etwas schon ausgefüllt?",
        "mein mentee braucht eine beglaubigte kopie",
    ],
    "law": [
        "His asylum application was rejected and he has two weeks.",
        "Can she work with a toleration, or does she need a permit?",
        "family reunification for a brother of 17, is that possible",
        "Die Ausländerbehörde gibt keinen Termin, und der Aufenthaltstitel läuft ab.",
        "Wer kennt eine gute Anwältin für Asylrecht?",
        "Er hat Post von der Polizei bekommen.",
    ],
    "housing": [
        "The landlord keeps the deposit.",
        "a family with three children looks for a flat",
        "there is mould in the room, who is responsible",
        "Wer weiß von einer Wohnung für vier Personen?",
        "Der Vermieter hat die Heizung abgestellt",
        "Kündigung wegen Eigenbedarf, was jetzt?",
    ],
    "work": [
        "How does a nurse get her diploma recognised? She wants to work soon.",
        "his boss does not pay the overtime of his job",
        "who looks over a CV",
        "Wer hilft bei einer Bewerbung als Elektriker?",
        "Mein Mentee sucht einen Ausbildungsplatz",
        "Der Arbeitgeber zahlt seit zwei Monaten keinen Lohn.",
    ],
    "school": [
        "The school says that there is no place for him.",
        "parents evening on Tuesday, what do I have to know",
        "how does one get into university with a Syrian certificate",
        "Wie meldet man ein Kind in der Kita an?",
        "Die Lehrerin will ihn zurückstufen",
        "Gibt es Nachhilfe in Mathe?",
    ],
    "language": [
        "Where are there evening courses to learn German?",
        "an integration course with childcare, does anybody know one",
        "Sie will Deutsch lernen, aber der Kurs ist voll.",
        "Gibt es einen Alphabetisierungskurs in der Nähe?",
    ],
    "translating": [
        "Who can translate a letter into Dari?",
        "we need an interpreter on Monday",
        "Wer übersetzt einen Brief ins Ukrainische?",
        "Ich suche jemanden, der beim Elternabend dolmetscht.",
    ],
    "health": [
        "Is there a dentist who takes people without insurance?",
        "She is pregnant and needs a midwife.",
        "Welche Kinderärztin nimmt noch auf?",
        "Die Krankenkasse lehnt die Brille ab",
        "mein mentee hat starke schmerzen und keine karte",
    ],
    "mind": [
        "He has nightmares and panic attacks.",
        "Who knows a therapist who speaks Farsi?",
        "she is so lonely here, I am worried",
        "Mein Mentee ist traumatisiert und kann nicht schlafen.",
        "Wo gibt es Beratung bei Depressionen?",
    ],
    "money": [
        "The jobcenter has paid nothing for two months",
        "he owes 900 euros and gets reminders",
        "how does one open a bank account",
        "Wer kennt sich mit Schulden aus?",
        "Das Kindergeld ist nicht gekommen.",
        "steuererklärung, wer kann helfen",
    ],
    "family": [
        "Her husband wants a divorce.",
        "my mentee has trouble with her teenager",
        "Wer bekommt nach der Trennung das Sorgerecht?",
        "Das Jugendamt will mit der Mutter sprechen",
    ],
    "everyday": [
        "Does anybody have a bike to give away?",
        "which ticket is the cheapest for the tram",
        "Wie trennt man hier Müll?",
        "Welcher Verein nimmt Jungen für Fußball?",
    ],
}
UNCLEAR = [
    "Can somebody help me?",
    "I do not know what to do",
    "my mentee never answers",
    "it is urgent",
    "Kann mir bitte jemand helfen",
    "Mein Mentee meldet sich nicht mehr.",
    "Hallo zusammen",
    "",
    "?!",
]
EACH = [(topic, words) for topic, requests in REQUESTS.items() for words in requests]


@pytest.mark.parametrize("locale", i18n.available())
def test_every_language_has_words_for_every_topic(locale: str) -> None:
    lists = i18n.words(locale, "topics")
    assert lists.keys() == TOPICS.keys()
    for topic, words in lists.items():
        assert words.keys() == {"names", "signs"}
        assert words["names"]
        assert topic == "other" or words["signs"]


@pytest.mark.parametrize(("topic", "words"), EACH)
def test_the_topic_of_a_request_is_guessed(topic: str, words: str) -> None:
    assert guessed(words) == topic
    assert guessed(f"  {words.upper()}\n") == topic


@pytest.mark.parametrize("words", UNCLEAR)
def test_nothing_is_guessed_where_nothing_tells(words: str) -> None:
    assert guessed(words) is None


@pytest.mark.parametrize(
    ("words", "locale", "meant"),
    [
        ("papers and school", "en", ["papers", "school"]),
        ("Papiere und Schule", "de", ["papers", "school"]),
        ("school mostly, my children are in year 2", "en", ["school"]),
        ("I know about forms and documents", "en", ["papers"]),
        ("Recht, Asyl, Aufenthalt", "de", ["law"]),
        ("dolmetschen für kurdisch", "de", ["translating"]),
        ("my kids", "en", ["family"]),
        ("work and a place to live please", "de", ["work", "housing"]),
        ("etwas anderes", "de", ["other"]),
        ("none of these", "en", ["other"]),
        ("not sure yet", "en", []),
        ("weiß ich noch nicht", "de", []),
        ("", "en", []),
    ],
)
def test_topics_are_named_in_words(words: str, locale: str, meant: list[str]) -> None:
    assert named(words, locale) == meant
