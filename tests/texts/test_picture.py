"""The picture in the README shows what the program says today."""

from xml.etree import ElementTree

from tests.picture.drawing import picture
from tests.picture.scene import PHONES, PICTURE, Said, scene


def test_the_picture_is_the_one_that_the_command_draws() -> None:
    assert PICTURE.read_text("utf-8") == picture(scene()), "draw it anew: make picture"


def test_every_word_of_the_scene_is_in_it_and_it_needs_no_other_file() -> None:
    drawn = ElementTree.fromstring(PICTURE.read_text("utf-8"))
    words = " ".join(drawn.itertext()).split()
    owners = {phone.owner for phone in PHONES}
    said = [each for each in scene() if isinstance(each, Said) and each.whom in owners]
    assert [each.text for each in said if not set(each.text.split()) <= set(words)] == []
    assert {each.pressed for each in said} == {"", "Send it with my name", "Ich kann helfen"}
    assert not [tag for tag in drawn.iter() if tag.tag.endswith(("image", "script", "foreignObject"))]
    assert "url(#" in PICTURE.read_text("utf-8") and "@import" not in PICTURE.read_text("utf-8")
