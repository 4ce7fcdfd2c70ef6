"""A page of somebody else's, in the same browser: it can neither read the stage nor press anything on it."""

from pathlib import Path

import pytest
from aiohttp import web

from bot.support.port import served
from tests.browser.visitor import visiting
from tests.support.aio import on_loop
from tests.support.around import free_port

ATTACKS = """
const found = [];
const read = async (what) => { try { const got = await what(); if (got) found.push(String(got)) } catch {} };
const act = JSON.stringify({do: "say", who: "Ana", words: "/forget"});
const loads = (tag, name, source) => new Promise((done) => {
  const element = document.createElement(tag);
  element.onload = () => done(`${tag} ${source}`);
  element.onerror = () => done(null);
  element[name] = source;
  document.body.append(element);
  setTimeout(done, 2000, null);
});
await read(async () => (await fetch("STAGE/script")).text());
await read(async () => (await fetch("STAGE/", {credentials: "include"})).text());
for (const mode of ["cors", "no-cors"]) {
  await read(async () => (await fetch("STAGE/act", {method: "POST", mode, body: act})).text());
  await read(async () => (await fetch("STAGE/begin", {method: "POST", mode, body: "{}"})).text());
}
navigator.sendBeacon("STAGE/act", act);
await read(() => new Promise((done) => {
  const events = new EventSource("STAGE/events");
  events.onmessage = (event) => done(event.data);
  events.onerror = () => done(null);
}));
await read(() => loads("img", "src", "STAGE/photo.svg"));
await read(() => loads("script", "src", "STAGE/words.js"));
await read(async () => {
  const frame = document.createElement("iframe");
  frame.src = "STAGE/";
  document.body.append(frame);
  await new Promise((done) => { frame.onload = done; setTimeout(done, 2000) });
  return frame.contentDocument?.body.innerText;
});
await read(async () => {
  const made = (tag, about) => Object.assign(document.createElement(tag), about);
  const form = made("form", {action: "STAGE/act", method: "post", target: "there", enctype: "text/plain"});
  const there = made("iframe", {name: "there"});
  form.append(made("input", {name: act.slice(0, -1) + ',"x":"', value: '"}'}));
  document.body.append(form, there);
  form.submit();
  await new Promise((done) => { there.onload = done; setTimeout(done, 2000) });
  return there.contentDocument?.body.innerText;
});
document.body.dataset.found = JSON.stringify(found);
"""
PAGE = "<!doctype html><title>Prizes</title><body><script type=module src=/attacks.js></script>"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "evil.example"])
@on_loop
async def test_it_can_neither_read_nor_press(host: str, browser: str, tmp_path: Path) -> None:
    """From another port of this machine, which a browser takes for the same site; and from another site."""

    async with visiting(browser, tmp_path) as [visitor]:
        before = await visitor.of("fetch('/script').then((each) => each.text())")
        port = free_port()
        async with served(_hostile(visitor.address.rstrip("/")), f"127.0.0.1:{port}"):
            await visitor.page.go(f"http://{host}:{port}/")
            assert await visitor.page.until("document.body?.dataset.found") == "[]"
            visitor.page.problems.clear()  # the browser has said what it thinks of all that
        await visitor.comes()
        assert await visitor.of("fetch('/script').then((each) => each.text())") == before


@on_loop
async def test_a_name_that_leads_here_shows_nothing(browser: str, tmp_path: Path) -> None:
    """The stage's own port under a hostile name: its page would have the origin that it asks with."""

    async with visiting(browser, tmp_path) as [visitor]:
        await visitor.page.go(visitor.address.replace("127.0.0.1", "evil.example"))
        await visitor.page.until("document.body?.innerText.includes('403')")
        assert await visitor.of("location.hostname") == "evil.example"
        act = """fetch("/act", {method: "POST", body: '{"do": "wait", "span": "1 day"}'})"""
        assert await visitor.of(f"{act}.then((each) => each.status)") == 403
        assert await visitor.of("fetch('/script').then((each) => each.status)") == 403
        visitor.page.problems.clear()


def _hostile(stage: str) -> web.Application:
    app = web.Application()

    async def page(request: web.Request) -> web.Response:
        if request.path.endswith(".js"):
            return web.Response(text=ATTACKS.replace("STAGE", stage), content_type="text/javascript")
        return web.Response(text=PAGE, content_type="text/html")

    app.router.add_get("/", page)
    app.router.add_get("/attacks.js", page)
    return app
