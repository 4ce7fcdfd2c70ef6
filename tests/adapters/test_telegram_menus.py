"""The menus of Telegram's apps: of everybody, of groups, and of those who may do more or read otherwise."""

from pathlib import Path

from tests.support.aio import on_loop
from tests.support.whole import hears, sees, whole


@on_loop
async def test_everybody_and_groups_have_a_menu_in_each_language(tmp_path: Path) -> None:
    async with whole(tmp_path) as program:
        menus = program.server.menus
        await program.until(lambda: ("short_description", "de") in program.server.about)
        for language in ("", "de", "en"):
            assert {"start", "help", "ask", "join"} <= menus["all_private_chats", language].keys()
            assert not {"pulse", "members", "bind", "operator"} & menus["all_private_chats", language].keys()
            assert menus["all_group_chats", language].keys() == {
                "help",
                "agreement",
                "find",
                "goals",
                "orgs",
                "roadmap",
                "bind",
                "unbind",
            }
        assert menus["all_group_chats", "de"]["bind"] != menus["all_group_chats", "en"]["bind"]
        assert menus["all_group_chats", ""] == menus["all_group_chats", "en"]
        assert program.server.buttons.get(None, {"type": "commands"}) == {"type": "commands"}


@on_loop
async def test_who_coordinates_has_a_menu_of_their_own_while_they_do(tmp_path: Path) -> None:
    async with whole(tmp_path) as program:
        menus = program.server.menus
        mia = await program.member(1, "Mia", "meta_mentor")
        leo = await program.member(2, "Leo", "meta_mentor", language="de")
        ana = await program.member(3, "Ana")
        for user in (mia, leo, ana):
            user.says("/help")
        await program.calm()
        assert {"ask", "pulse", "members", "bind"} <= menus["chat:1", ""].keys()
        assert menus["chat:2", ""].keys() == menus["chat:1", ""].keys()
        assert menus["chat:2", ""]["ask"] == "Andere um Hilfe bitten"
        assert ("chat:3", "") not in menus
        written = program.server.calls.count("setMyCommands")
        mia.says("/help")
        mia.says("/members Leo")
        mia.presses(await sees(mia, "Leo"), "End this role")
        mia.presses(await hears(mia, "Leo stays a member but no longer coordinates."), "End this role")
        await sees(leo, "Mia")
        leo.says("/help")
        await program.calm()
        assert ("chat:2", "") not in menus, "what is usual in German is right for Leo again"
        assert ("chat:1", "") in menus
        assert program.server.calls.count("deleteMyCommands") == 1
        assert program.server.calls.count("setMyCommands") == written, "what is there is not set again"


@on_loop
async def test_who_chose_another_language_than_their_app_reads_it_in_the_menu(tmp_path: Path) -> None:
    async with whole(tmp_path) as program:
        menus = program.server.menus
        ana = await program.member(9, "Ana")
        for language, title in (("Deutsch", "Andere um Hilfe bitten"), ("English", "")):
            ana.says("/language")
            ana.presses(await hears(ana), language)
            await hears(ana)
            await program.calm()
            assert menus.get(("chat:9", ""), {}).get("ask", "") == title
        assert ("chat:9", "") not in menus
