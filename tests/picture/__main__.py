"""Draw the picture anew: `make picture`."""

from tests.picture.drawing import picture
from tests.picture.scene import PICTURE, scene

if __name__ == "__main__":
    PICTURE.write_text(picture(scene()), "utf-8")
