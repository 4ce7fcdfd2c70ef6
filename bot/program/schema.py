"""All that can be set, and whether what is read fits."""

import json
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_args

from pydantic import Field, SecretStr, ValidationError, create_model
from pydantic.fields import FieldInfo

from bot.messenger import Messenger
from bot.program.config import Config, Operators
from bot.program.sources import PREFIX, ConfigError, credentials, file_of, tables_in, text_in, variable_of
from bot.settings import Must

PLACEHOLDER = "PASTE-"


class Key(NamedTuple):
    """A setting's default, and one sentence about it."""

    default: object
    description: str


class Outside(NamedTuple):
    """A setting that comes from outside of the config: by a file, or by the environment itself. Where it is
    secret, that value is left out."""

    key: str
    variable: str
    value: str
    file: Path | None
    is_secret: bool


class _Found(NamedTuple):
    """A value, and the place to look for it when it is wrong."""

    value: object
    place: str


class Schema:
    """All that can be set: what the program itself needs, and a section for each messenger. `config` is the
    class of what `load` returns."""

    def __init__(self, messengers: Sequence[Messenger[Any]]) -> None:
        self.config = _config(messengers)
        parts = dict(self.config())
        order = [*Config.model_fields]
        place = order.index("database") + 1
        order[place:place] = [each.name for each in messengers]
        self._sections: dict[str, dict[str, FieldInfo]] = {
            name: type(parts[name]).model_fields for name in order
        }
        self._fields = {
            f"{section}.{key}": field
            for section, keys in self._sections.items()
            for key, field in keys.items()
        }

    def keys(self) -> dict[str, Key]:
        """Return every setting there is, by its dotted name, in the order of config.example.toml."""
        return {
            key: Key(field.default, " ".join((field.description or "").split()))
            for key, field in self._fields.items()
        }

    # --- where it is read ------------------------------------------------------------------------

    def load(self, path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Config:
        """Read the settings from the config file at `path` (None: there is none) and from the environment.

        Raises ConfigError with everything that is wrong, not only the first thing.
        """
        problems: list[str] = []
        found = self._in_file(path) if path else {}
        found |= self._in_environment(environ, problems)
        sections: dict[str, dict[str, object]] = {}
        for key, (value, place) in found.items():
            if key not in self._fields:
                problems.append(self._unknown(key, place))
            elif _is_placeholder(value):
                problems.append(
                    f"{key} (from {place}) still holds the example's placeholder; put your own value there, "
                    "or delete the line to do without."
                )
            else:
                section, name = key.split(".")
                sections.setdefault(section, {})[name] = value
        try:
            config = self.config.model_validate(sections)
        except ValidationError as error:
            wrong = {".".join(map(str, each["loc"][:2])): each["loc"][2:] for each in error.errors()}
            problems += [self._wrong(key, found[key].place, at) for key, at in wrong.items()]
            raise ConfigError(problems) from None  # pydantic's own words show the values, secrets among them
        if problems:
            raise ConfigError(problems)
        return config

    def sources(self, path: Path | None = None, environ: Mapping[str, str] = os.environ) -> list[Path]:
        """Return the files from which `load` reads: the config, those that the environment names, and
        credentials."""
        named = [each.file for each in self.outside(environ) if each.file is not None]
        return [*([path] if path else []), *named]

    def outside(self, environ: Mapping[str, str] = os.environ) -> Iterator[Outside]:
        """Yield what comes from the environment, from the files that it names, and from credentials."""
        for key in self._fields:
            variable, is_secret = variable_of(key), self._is_secret(key)
            if value := environ.get(variable):  # an empty one counts as not set
                yield Outside(key, variable, "" if is_secret else value, None, is_secret)
            elif found := file_of(key, environ):
                yield Outside(key, variable, "", found[0], is_secret)

    def _is_secret(self, key: str) -> bool:
        """Whether a setting is shown to nobody: a password, or an address that may hold one."""
        field = self._fields[key]
        return not field.repr or SecretStr in (field.annotation, *get_args(field.annotation))

    def _in_file(self, path: Path) -> dict[str, _Found]:
        found: dict[str, _Found] = {}
        for section, table in tables_in(path).items():
            if isinstance(table, dict) and (table or section in self._sections):
                found |= {f"{section}.{name}": _Found(value, str(path)) for name, value in table.items()}
            else:
                found[section] = _Found(table, str(path))
        return found

    def _in_environment(self, environ: Mapping[str, str], problems: list[str]) -> dict[str, _Found]:
        found: dict[str, _Found] = {}
        for key in self._fields:
            variable = variable_of(key)
            if text := environ.get(variable):
                found[key] = _Found(self._typed(key, text), variable)
            elif from_file := file_of(key, environ):
                file, place = from_file
                try:
                    found[key] = _Found(self._typed(key, text_in(file, key, place)), place)
                except ConfigError as wrong:
                    problems += wrong.problems
        known = {variable_of(key) + ending for key in self._fields for ending in ("", "_FILE")}
        for variable in sorted(environ.keys() - known):
            if variable.startswith(PREFIX):
                problems.append(self._unknown_variable(variable))
        if (folder := credentials(environ)) is not None:
            problems += self._wrong_credentials(folder)
        return found

    def _wrong_credentials(self, folder: Path) -> Iterator[str]:
        """Yield what is wrong with the names of credentials; others than ours are no business of ours."""
        try:
            names = sorted(path.name for path in folder.iterdir())
        except OSError as error:
            yield f"The credentials in {folder} cannot be read: {error.strerror}."
            return
        for each in names:
            section, _dot, name = each.partition(".")
            if section in self._sections and name and each not in self._fields:
                yield self._unknown(each, f"the credential {folder / each}")

    def _typed(self, key: str, text: str) -> object:
        """`text` as config.toml would understand it, but words need no quotes and lists no brackets."""
        default = self._fields[key].default
        if isinstance(default, tuple) and not text.startswith("["):
            return [word.strip() for word in text.split(",")]
        if isinstance(default, str | SecretStr | None):
            return text
        try:
            return tomllib.loads(f"it = {text}")["it"]
        except tomllib.TOMLDecodeError:
            return text  # of the wrong type, which the complaint will say

    # --- what is said when it is wrong ---------------------------------------------------------

    def _wrong(self, key: str, place: str, at: tuple[int | str, ...]) -> str:
        """The sentence for a value that does not fit, which is never shown; `at` is its place in a list."""
        field = self._fields[key]
        must = next(each for each in field.metadata if isinstance(each, Must))
        example = _as_toml(must.example or field.default)
        entry = f", entry {at[0] + 1}," if at and isinstance(at[0], int) else ""
        return f"{key} (from {place}){entry} has to be {must.be}, for example {example}."

    def _unknown(self, key: str, place: str) -> str:
        section = key.partition(".")[0]
        if key in self._sections:
            hint = f"is a section: write [{key}] on a line of its own and its settings below."
        elif near := self._nearest(key):
            hint = f"is not a setting; did you mean {near}?"
        elif section in self._sections:
            hint = f"is not a setting; [{section}] has {', '.join(self._sections[section])}."
        else:
            hint = f"is not a setting; the sections are {', '.join(self._sections)}."
        return f"{key} (from {place}) {hint}"

    def _unknown_variable(self, variable: str) -> str:
        name, ending = variable.removesuffix("_FILE"), "_FILE" if variable.endswith("_FILE") else ""
        near = self._nearest(name.removeprefix(PREFIX).replace("__", ".").lower())
        hint = f"did you mean {variable_of(near)}{ending}?" if near else "config.example.toml lists them all."
        return f"{variable} in the environment is not a setting; {hint}"

    def _nearest(self, key: str) -> str | None:
        """The setting that was probably meant: one of the same name elsewhere, else one that looks alike."""
        name = key.rpartition(".")[2]
        same = [known for known in self._fields if known.endswith(f".{name}")]
        return next(iter(same or get_close_matches(key, self._fields, n=1, cutoff=0.8)), None)


def _is_placeholder(value: object) -> bool:
    words = value if isinstance(value, list) else [value]
    return any(isinstance(word, str) and word.startswith(PLACEHOLDER) for word in words)


def _as_toml(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_as_toml, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_as_toml(each)}' for key, each in value.items())} }}"
    return json.dumps(value, ensure_ascii=False)  # TOML writes these alike


def _config(messengers: Sequence[Messenger[Any]]) -> type[Config]:
    """Return the class of all settings, with a section for each messenger."""
    operators = _operators(messengers)
    sections: dict[str, Any] = {each.name: (each.settings, each.settings()) for each in messengers}
    return create_model("Config", __base__=Config, operators=(operators, operators()), **sections)


def _operators(messengers: Sequence[Messenger[Any]]) -> type[Operators]:
    """Return the section of the operators, which knows how accounts are named on each messenger."""
    patterns = "|".join(f"{each.name}:{each.account}" for each in messengers)
    examples = tuple(f"{each.name}:{each.example}" for each in messengers)
    named = _listed([each.accounts for each in messengers], "and")
    shown = _listed([f'"{example}"' for example in examples], "or")
    accounts = Annotated[
        tuple[Annotated[str, Field(pattern=f"^({patterns})$")], ...],
        Field(strict=False, description=f"The accounts of the operators, such as {shown}."),
        Must(f"a list of accounts, {named}", examples),
    ]
    return create_model("Operators", __base__=Operators, accounts=(accounts, ()))


def _listed(words: Sequence[str], last: str) -> str:
    """Return words in a row, with `last` before the last of them: "a, b and c"."""
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
