"""The words in which a part of the program says what can be set: a section, and the kinds of its values."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr


class Section(BaseModel):
    """Settings that belong together. The words under a key explain it in config.example.toml too."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


class MessengerSection(Section):
    """The bot's account on a messenger."""

    @property
    @abstractmethod
    def enabled(self) -> bool:
        """Whether the bot is on this messenger at all."""


@dataclass(frozen=True)
class Must:
    """What a value has to be, as the end of a sentence; an `example` where the default is none."""

    be: str
    example: object = None


@dataclass(frozen=True)
class Below:
    """A value that may hold a relative path; `at(value, folder)` is the same value below a folder."""

    at: Callable[[str, Path], str]


def path_below(path: str, folder: Path) -> str:
    """Return a path that is taken from a folder, where it is relative."""
    return str(folder / path)


def _no_last_slash(url: str) -> str:
    return url.rstrip("/")


def _host_and_port(place: str) -> str:
    parts = urlsplit(f"//{place}")
    if not parts.hostname or not parts.port:  # which itself raises ValueError where it is not a number
        raise ValueError(place)
    return place


Switch = Annotated[bool, Must("true or false")]
Rate = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False), Must("a number above 0, 1000 at most")]
Name = Annotated[str, Field(max_length=64, pattern=r"^\S(.*\S)?$"), Must("a name of 1 to 64 characters")]
Secret = Annotated[SecretStr, Must("a word", "a-long-password")]
Folder = Annotated[str, Field(min_length=1), Below(path_below), Must("the path of a folder")]
WebAddress = Annotated[
    str,
    Field(pattern=r"^https?://[^\s/?#@]+(/[^\s?#]*)?$"),
    AfterValidator(_no_last_slash),
    Must("an address that starts with https:// or http://"),
]
MaybeAddress = Annotated[
    str,
    Field(pattern=r"^(https?://[^\s/?#@]+(/[^\s?#]*)?)?$"),
    AfterValidator(_no_last_slash),
    Must("an address that starts with https:// or http://"),
]
Listen = Annotated[
    str, Field(pattern=r"^[^\s/?#@]+$"), AfterValidator(_host_and_port), Must("a host and a port")
]
ListenOrNot = Annotated[Literal[""] | Listen, Must("a host and a port, or empty", "127.0.0.1:9464")]
