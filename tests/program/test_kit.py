"""The files for an operator are whole, fit this installation, hold no secret, and name only what is there."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.__main__ import main
from bot.delivery.letters import Priority
from bot.dialogue.turn import Turn
from bot.message import Event, Words
from bot.program.compose import SETTINGS
from bot.program.kit import TEMPLATES
from bot.program.kit.places import Installed, remarks
from bot.support.metrics import Waiting
from tests.support.aio import on_loop
from tests.support.lab import Lab, lab

ROOT = Path(__file__).parents[2]
TOKEN = "123456789:AAE-and-some-thirty-more-letters"
KEY = "a-key-of-more-than-thirty-two-characters"
NAME = 'Neckar "Bot" 100%'
CALLED = 'webhook_url = "https://bot.example.org/telegram"\nwebhook_listen = "127.0.0.1:8081"\n'


class Kit:
    """The files that were written for an installation, and what was said about them."""

    def __init__(self, folder: Path, said: str) -> None:
        self.folder, self.said = folder, said

    def text(self, name: str) -> str:
        """What is in a file."""
        return (self.folder / name).read_text("utf-8")

    def yaml(self, name: str) -> Any:
        """What a file of YAML says."""
        return yaml.safe_load(self.text(name))

    def lines(self, name: str) -> list[tuple[str, str]]:
        """The settings of a unit, in their order."""
        pairs = (line.partition("=") for line in self.text(name).splitlines() if re.match(r"\w+=", line))
        return [(key, value) for key, _, value in pairs]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A config with a secret in it, and a name that no file takes as it is."""
    path = tmp_path / "config.toml"
    path.touch(0o600)
    path.write_text(
        f'[bot]\nname = "{NAME.replace(chr(34), chr(92) + chr(34))}"\n'
        f'[telegram]\n{CALLED}[privacy]\nkey = "{KEY}"\n[watch]\nlisten = "127.0.0.1:9999"\n'
    )
    return path


@pytest.fixture
def kit(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Kit:
    """The files for that config, where the token is in a file, and the level of the log is set beside it."""
    (tmp_path / "token").write_text(TOKEN)
    monkeypatch.setenv("MENTORNET_TELEGRAM__TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("MENTORNET_LOG__LEVEL", "warning")
    return written(config, tmp_path / "files", capsys)


def written(config: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> Kit:
    """The files that the command writes."""
    assert main(["--config", str(config), "operator-files", str(folder)]) == 0
    return Kit(folder, capsys.readouterr().out)


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_each_template_becomes_a_file_in_which_no_place_is_left_and_no_secret_stands(kit: Kit) -> None:
    found = files(kit.folder)
    assert found.keys() == files(TEMPLATES).keys() - {"rights.conf"}
    for name, text in found.items():
        assert re.findall(r"@[a-z_]+@", text) == [], name
        assert TOKEN not in text and KEY not in text, name
        assert name in kit.said
        assert stat.S_IMODE((kit.folder / name).stat().st_mode) == (0o755 if "admin" in name else 0o644)


def test_what_is_there_stays_as_it_is(kit: Kit, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = kit.folder / "systemd/mentornet.service"
    mine.write_text("changed by hand")
    (kit.folder / "proxy/Caddyfile").unlink()
    again = written(config, kit.folder, capsys)
    assert f"{mine} is there already, and stays as it is." in again.said
    assert f"Written into {kit.folder}: proxy/Caddyfile." in again.said
    assert mine.read_text() == "changed by hand"


def test_a_folder_that_cannot_be_written_is_said(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--config", str(config), "operator-files", str(config)]) == os.EX_CANTCREAT
    assert "cannot be written: Not a directory." in capsys.readouterr().out


# --- systemd -------------------------------------------------------------------------------------

UNITS = ("systemd/mentornet.service", "systemd/mentornet-backup.service")


@pytest.fixture
def systemd() -> str:
    """Systemd's own judge."""
    found = shutil.which("systemd-analyze")
    if found is None:
        pytest.skip("systemd-analyze is not there")
    return found


def test_systemd_understands_each_unit_and_finds_it_safe(kit: Kit, systemd: str) -> None:
    names = [str(path) for path in (kit.folder / "systemd").glob("*.*")]
    said = subprocess.run([systemd, "verify", *names], capture_output=True, text=True)
    assert (said.returncode, said.stdout + said.stderr) == (0, "")
    for unit in UNITS:
        judged = subprocess.run(
            [systemd, "security", "--offline=true", str(kit.folder / unit)], capture_output=True, text=True
        )
        found = re.search(r"exposure level for \S+: ([\d.]+)", judged.stdout)
        assert found is not None and float(found[1]) <= 1.5, judged.stdout


def test_what_systemd_lends_to_the_service_is_all_that_is_set(kit: Kit, config: Path, tmp_path: Path) -> None:
    """As systemd does it: files in a folder of the service's own, and its environment."""
    for unit in UNITS:
        lent = tmp_path / unit.replace("/", "-")
        lent.mkdir()
        for key, value in kit.lines(unit):
            if key == "LoadCredential":
                name, _, path = value.partition(":")
                shutil.copy(path, lent / name)
        environ = dict(value.split("=", 1) for key, value in kit.lines(unit) if key == "Environment") | {
            "CREDENTIALS_DIRECTORY": str(lent)
        }
        environ.pop("PYTHONPATH", None)
        assert SETTINGS.load(lent / "config.toml", environ) == SETTINGS.load(config)
    assert ("Environment", "MENTORNET_LOG__LEVEL=warning") in kit.lines(UNITS[0])
    assert ("Description", 'Neckar "Bot" 100%%, the bot for networks of mentors') in kit.lines(UNITS[0])


def test_a_secret_of_the_environment_has_to_be_put_into_a_file(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MENTORNET_TELEGRAM__TOKEN", TOKEN)
    monkeypatch.setenv("MENTORNET_DATABASE__URL", "postgresql://mentornet:secret@host/mentornet")
    kit = written(config, tmp_path / "files", capsys)
    for key in ("telegram.token", "database.url"):
        assert f"{key} comes from the environment: put it into /etc/mentornet/{key}." in kit.said
        assert ("LoadCredential", f"{key}:/etc/mentornet/{key}") in kit.lines(UNITS[0])
    assert not any(TOKEN in text or "secret@" in text for text in files(kit.folder).values())


def test_a_database_that_a_service_cannot_reach_is_said(
    config: Path, kit: Kit, migrated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "The database is" not in kit.said
    shutil.copy(migrated, config.with_name("mentornet.db"))
    assert f"The database is {config.with_name('mentornet.db')}" in written(config, kit.folder, capsys).said


@pytest.mark.parametrize("home", ["/home/ana", "/root/.pyenv"])
def test_a_python_that_a_service_cannot_reach_is_said(home: str, config: Path) -> None:
    """A program in /opt is not enough: what runs it may be somebody's own."""
    now = Installed.now(SETTINGS.load(config, {}), config, [])
    assert now.python == str(Path(sys.executable).resolve())
    here = replace(now, program=["/opt/mentornet/bin/mentornet"])
    (said,) = remarks(replace(here, python=f"{home}/bin/python3"))
    assert said.startswith(f"A service cannot see {home}/bin/python3, the Python of this program: ")
    assert [
        *remarks(replace(here, program=["/opt/mentornet/bin/mentornet"], python="/usr/bin/python3"))
    ] == []


def test_an_admin_runs_a_command_with_the_rights_of_the_service(kit: Kit, tmp_path: Path) -> None:
    """Another `systemd-run` tells what it was asked for."""
    asked = tmp_path / "systemd-run"
    asked.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    asked.chmod(0o755)
    said = subprocess.run(
        [kit.folder / "systemd/mentornet-admin", "found", "Neckar Mentors"],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    words = said.stdout.splitlines()
    assert words[-2:] == ["found", "Neckar Mentors"]
    assert words[words.index("--") + 1] in {sys.executable, str(Path(sys.executable).with_name("mentornet"))}
    properties = [word.removeprefix("--property=") for word in words if word.startswith("--property=")]
    lent = [f"{key}={value}" for key, value in kit.lines(UNITS[0]) if key == "LoadCredential"]
    rights = (TEMPLATES / "rights.conf").read_text()
    assert properties == [*lent, *rights.splitlines()]
    assert all(rights in kit.text(unit) for unit in UNITS)
    assert "--setenv=MENTORNET_LOG__LEVEL=warning" in words
    assert "--pipe" in words


def test_backups_come_every_night_and_seven_stay(kit: Kit) -> None:
    backup = dict(kit.lines("systemd/mentornet-backup.service"))
    assert backup["ExecStart"].endswith(" backup --keep 7 /var/lib/mentornet/backups")
    assert dict(kit.lines("systemd/mentornet-backup.timer"))["OnCalendar"] == "*-*-* 04:30"


# --- containers ----------------------------------------------------------------------------------


def test_a_container_gets_its_secrets_as_files_and_reads_them(kit: Kit, tmp_path: Path, config: Path) -> None:
    compose = kit.yaml("compose/compose.yaml")
    there = compose["secrets"]
    assert {each["file"] for each in there.values()} == {f"./secrets/{name}" for name in there}
    for service in compose["services"].values():
        assert set(service["secrets"]) <= there.keys()
        assert service["restart" if service.get("profiles") is None else "profiles"]
    bot = compose["services"]["bot"]
    assert bot["secrets"] == ["config.toml", "database.url", "telegram.token"]
    assert bot["ports"] == ["127.0.0.1:8081:8081"]
    assert bot["read_only"] and bot["cap_drop"] == ["ALL"]

    secrets = tmp_path / "secrets"
    secrets.mkdir()
    shutil.copy(config, secrets / "config.toml")
    (secrets / "telegram.token").write_text(TOKEN)
    (secrets / "database.url").write_text("postgresql+psycopg://mentornet:word@database/mentornet")
    (secrets / "postgres_password").write_text("word")
    environ = {**bot["environment"], "CREDENTIALS_DIRECTORY": str(secrets)}
    assert bot["environment"]["CREDENTIALS_DIRECTORY"] == "/run/secrets"
    found: Any = SETTINGS.load(secrets / "config.toml", environ)
    assert found.database.url == "postgresql+psycopg://mentornet:word@database/mentornet"
    assert found.telegram.token.get_secret_value() == TOKEN
    assert (found.telegram.webhook_listen, found.watch.listen) == ("0.0.0.0:8081", "0.0.0.0:9464")
    assert found.log.level == "warning"


def test_the_steps_for_its_secrets_make_those_that_it_names(kit: Kit, config: Path) -> None:
    """As somebody types them, but for the owners, whom only an administrator names."""
    text = kit.text("compose/compose.yaml")
    steps = re.findall(r"^#     ((?:mkdir|word=|printf|cp).*)$", text, re.M)
    subprocess.run(["sh", "-euc", "\n".join(steps)], cwd=kit.folder / "compose", check=True)
    made = files(kit.folder / "compose/secrets")
    assert made.keys() == kit.yaml("compose/compose.yaml")["secrets"].keys()
    assert made["config.toml"] == config.read_text()
    assert f":{made['postgres_password']}@" in made["database.url"]


def test_the_image_is_made_of_what_the_program_needs(kit: Kit) -> None:
    """`.dockerignore` lets in what the package is made of, and nothing else."""
    let_in = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.M))
    assert let_in == {
        "adapters", "bot", "db", "handlers", "i18n",
        "LICENSE", "README.md", "pyproject.toml", "requirements.lock", "requirements-build.lock",
    }  # fmt: skip
    assert all((ROOT / name).exists() for name in let_in)
    image = (ROOT / "Containerfile").read_text()
    assert len(set(re.findall(r"^FROM (\S+)", image, re.M))) == 1, "both stages have the same Python"
    assert "--require-hashes" in image and "\nUSER 10001\n" in image
    assert "--uid 10001" in image and "chown 10001 secrets/*" in kit.text("compose/compose.yaml")
    assert 'CMD ["mentornet", "check", "--alive"]' in image


# --- proxies -------------------------------------------------------------------------------------


def test_a_proxy_passes_on_the_one_address_at_which_the_bot_is_called(kit: Kit) -> None:
    nginx, caddy = kit.text("proxy/nginx.conf"), kit.text("proxy/Caddyfile")
    assert "location = /telegram {" in nginx and "proxy_pass http://127.0.0.1:8081;" in nginx
    assert "bot.example.org {" in caddy and "path /telegram" in caddy and "127.0.0.1:8081" in caddy


def test_there_is_none_where_nobody_calls(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(config.read_text().replace(CALLED, ""))
    kit = written(config, tmp_path / "files", capsys)
    assert not (kit.folder / "proxy").exists()
    assert "Nothing for a proxy is written" in kit.said
    assert "ports" not in kit.yaml("compose/compose.yaml")["services"]["bot"]


# --- monitors ------------------------------------------------------------------------------------


@pytest.fixture
def fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever says "poison" finds a mistake of the engine's, outside of any handler."""
    act = Turn.act

    def broken(turn: Turn, happened: Event) -> None:
        if isinstance(happened, Words) and happened.text == "poison":
            raise KeyError
        act(turn, happened)

    monkeypatch.setattr(Turn, "act", broken)
    monkeypatch.setattr("bot.dialogue.engine.LONGEST_WAIT", 0.01)


async def figures(here: Lab) -> dict[str, list[dict[str, str]]]:
    """The labels of every figure there is, once something of every kind has happened."""
    for words in ("/start", "/boom x", "poison"):
        await here.says("ana", words)
    waiting = [Waiting("telegram", each.name.lower(), 1, timedelta(1)) for each in Priority]
    page = here.engine.metrics.page({"telegram": True}, waiting).decode()
    found: dict[str, list[dict[str, str]]] = {"up": [{"job": "mentornet"}]}  # which is Prometheus' own
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            found.setdefault(sample.name, []).append(sample.labels)
    return found


def asked_for(kit: Kit) -> Iterator[str]:
    """What the rules and the dashboard ask Prometheus for."""
    for rule in kit.yaml("prometheus/alerts.yaml")["groups"][0]["rules"]:
        yield rule["expr"]
    for panel in json.loads(kit.text("grafana/dashboard.json"))["panels"]:
        for target in panel["targets"]:
            yield target["expr"]


@on_loop
async def test_no_rule_and_no_panel_names_a_figure_a_label_or_a_value_that_is_not_there(
    database: str, fails: None, kit: Kit
) -> None:
    async with lab(database) as here:
        there = await figures(here)
    named = 0
    for expression in asked_for(kit):
        bare = re.sub(r"\[[^]]*\]", "", expression)
        for name, within in re.findall(r"\b(mentornet_\w+|up)\b(?:\{([^}]*)\})?", bare):
            assert name in there, f"{name} in {expression}"
            named += 1
            for label, how, value in re.findall(r'(\w+)(=~|!=|=)"([^"]*)"', within):
                values = {labels.get(label) for labels in there[name]}
                wanted = set(value.split("|")) if how == "=~" else {value}
                assert wanted <= values, f"{label} in {expression}"
        grouped = {label for labels in re.findall(r"by \(([^)]*)\)", bare) for label in labels.split(", ")}
        known = {
            label for name in re.findall(r"\bmentornet_\w+", bare) for each in there[name] for label in each
        }
        assert grouped <= known, expression
    assert named > 10


def test_what_waits_too_long_is_what_the_bot_itself_calls_overdue(kit: Kit) -> None:
    (late,) = (each for each in asked_for(kit) if "age_seconds{" in each)
    found = {
        priority: int(seconds)
        for several, seconds in re.findall(r'priority=~"([^"]+)"} > (\d+)', late)
        for priority in several.split("|")
    }
    assert found == {each.name.lower(): each.overdue.total_seconds() for each in Priority}


def test_four_rules_tell_a_person_what_is_wrong(kit: Kit) -> None:
    text = kit.text("prometheus/alerts.yaml")
    (group,) = kit.yaml("prometheus/alerts.yaml")["groups"]
    assert len(group["rules"]) == 4
    assert group["rules"][0]["annotations"]["summary"] == f"{NAME} does not answer."
    assert '["127.0.0.1:9999"]' in text
    assert json.loads(kit.text("grafana/dashboard.json"))["title"] == NAME
