// A phone: a chat with the bot, or a room; what can be written there, and done by a menu.

import { act } from "./asking.js";
import { deedsOf } from "./deeds.js";
import { make, menu, select } from "./make.js";
import { parts } from "./message.js";
import { knows, languages, nameOf, say } from "./words.js";
import { why } from "./why.js";

const RIGHT_TO_LEFT = /^(ar|ckb|dv|fa|he|ps|sd|ug|ur|yi)\b/;

export class Phone {
  /** `about` is what the stage tells of it, `stage` the page with all phones. */
  constructor(about, stage) {
    Object.assign(this, about);
    this.stage = stage;
    this.told = new Map(); // what was said in each message, by its id
    this.own = new Map(); // what its owner, or somebody in the room, has written, by its id
    this.log = make("ol", { className: "log", dir: RIGHT_TO_LEFT.test(this.language) ? "rtl" : "ltr" });
    this.typing = make("p", { className: "typing", hidden: true, textContent: say("typing") });
    this.reasons = make("div");
    this.chat = make("div", { className: "chat", tabIndex: 0, role: "group", ariaLabel: say("chat_of", about) }, this.log, this.typing, this.reasons);
    this.element = make("section", { className: `phone ${about.digits ? "digits" : "keys"}`, ariaLabel: say(about.room ? "group_of" : "phone_of", about) }, this.head(), this.chat, this.form());
    this.element.dataset.name = about.name;
    this.tab = make("button", { type: "button", textContent: about.name, onclick: () => stage.turnTo(this) });
    this.unread = 0;
  }

  head() {
    const owner = make("h2", { dir: "auto", textContent: this.name });
    const facts = make("p", { textContent: say("facts", { role: say(`role_${this.role}`), messenger: this.title }) });
    const tools = make("div", { className: "tools" });
    if (!this.room) tools.append(this.languages());
    tools.append(menu(say("deeds"), deedsOf(this), say("deeds_of", this)));
    return make("header", {}, make("div", {}, owner, facts), tools);
  }

  /** The bot's languages; its owner asks for another one as anybody does, by a command. */
  languages() {
    const codes = new Set([...languages(), this.language]);
    const options = Object.fromEntries([...codes].map((code) => [code, nameOf(code, code)]));
    const change = (event) => act({ do: "language", who: this.name, language: event.target.value });
    return select(options, this.language, say("language_of", { name: this.name }), change);
  }

  form() {
    const label = say(this.room ? "write_here" : "write_as", this);
    this.input = make("textarea", { rows: 1, dir: "auto", ariaLabel: label, placeholder: label, autocomplete: "off" });
    this.input.onkeydown = (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) (event.preventDefault(), this.send());
    };
    this.answering = make("p", { className: "answering", hidden: true });
    const send = make("button", { ariaLabel: say("send"), textContent: "➤" });
    const form = make("form", {}, this.answering, this.input, send);
    if (this.room) {
      this.speaker = select({}, "", say("who_writes"));
      form.prepend(this.speaker);
    }
    form.onsubmit = (event) => (event.preventDefault(), this.send());
    return form;
  }

  /** Who acts on this phone, as the stage is asked. */
  get actor() {
    return this.room ? { who: this.speaker.value, room: this.name } : { who: this.name };
  }

  /** Offer those who can write in this room, which are all on its messenger. */
  meet(people) {
    if (!this.room) return;
    const here = people.filter((each) => !each.room && each.messenger === this.messenger).map((each) => each.name);
    const chosen = this.speaker.value || here[0];
    this.speaker.replaceChildren(...here.map((name) => make("option", { textContent: name, selected: name === chosen })));
  }

  async send() {
    const words = this.input.value.trim();
    if (!words) return;
    const asked = { do: "say", ...this.actor, words, answers: this.answers };
    this.input.value = "";
    this.answer(null);
    if (!(await act(asked))) this.input.value = words;
  }

  press(message, label) {
    act({ do: "press", ...this.actor, message, label });
  }

  /** Return what links into the bot do here: on their own messenger they open it, in a private chat. */
  doors() {
    const opens = (payload) => act({ do: "deed", ...this.actor, deed: `opens ${payload}` });
    const all = [...this.stage.phones.values()].filter((each) => each.door);
    return Object.fromEntries(all.map(({ door }) => [door, door === this.door && !this.room ? opens : null]));
  }

  /** Write the next words as an answer to this message; to none again with null. */
  answer(id) {
    this.answers = id;
    this.answering.hidden = id === null;
    if (id === null) return;
    const text = make("span", { dir: "auto", textContent: this.quoted(id) });
    const stop = make("button", { type: "button", textContent: "✕", ariaLabel: say("no_answer"), onclick: () => this.answer(null) });
    this.answering.replaceChildren(text, stop);
    this.input.focus();
  }

  /** Return how a message begins; "" where it is gone. */
  quoted(id) {
    return (this.told.get(id)?.text || "").split("\n")[0];
  }

  // --- what the stage tells ----------------------------------------------------------------------

  /** Show a message of the bot's, or of somebody's, also in the place of what it was. */
  show(told) {
    const own = told.kind === "said";
    if (told.id) this.told.set(told.id, told);
    if (own) this.own.set(told.id, told.text);
    let item = told.id && this.item(told.id);
    if (!item) {
      item = make("li", { className: own ? "own" : told.id ? "theirs" : "note" });
      item.dataset.id = told.id;
      this.log.append(item);
    }
    this.keepFocus(item);
    const chat = {
      press: (...pressed) => this.press(...pressed),
      type: (answers, words) => act({ do: "say", ...this.actor, words, answers }),
      quoted: (id) => this.quoted(id),
      digits: this.digits,
      marks: this.marks,
      run: this.stage.run,
      doors: this.doors(),
    };
    item.replaceChildren(...parts(told, chat));
    if (this.room && own) item.prepend(make("p", { className: "who", textContent: told.who }));
    if (told.edited && own) item.append(make("p", { className: "small", textContent: say("changed") }));
    if (!own && told.id) {
      const text = this.quoted(told.id);
      item.append(make("button", { type: "button", className: "answer", textContent: "↩", ariaLabel: say("answer", { text }), onclick: () => this.answer(told.id) }));
    }
    this.scroll();
  }

  /** Change the words of somebody's message. */
  rewrite(told) {
    const before = this.told.get(told.id);
    if (before) this.show({ ...before, text: told.text, edited: true });
  }

  drop(told) {
    this.told.delete(told.id);
    this.own.delete(told.id);
    const item = this.item(told.id);
    if (item) item.replaceChildren(make("p", { className: "small", textContent: say("gone") }));
  }

  /** Show a press, as their own. */
  pressed(told) {
    const words = this.digits ? `${told.number} · ${told.label}` : told.label;
    const item = make("li", { className: "own press" }, make("p", { dir: "auto", textContent: `✓ ${words}` }));
    if (this.room) item.prepend(make("p", { className: "who", textContent: told.who }));
    this.log.append(item);
    this.scroll();
  }

  /** Show what somebody does that is neither words nor a press. */
  deed(told) {
    const name = `did_${told.deed}`;
    const text = say(knows(name) ? name : "did", { who: told.who, deed: told.deed });
    this.log.append(make("li", { className: "note" }, make("p", { textContent: text })));
    this.element.classList.toggle("away", told.deed === "left");
    this.scroll();
  }

  /** Show why the last thing happened. */
  explain(told) {
    this.reasons.replaceChildren(why(told, this.name));
    this.scroll();
  }

  /** Show that the bot is at work for this phone. When it is done, the focus goes on where it was lost. */
  busy(is) {
    this.typing.hidden = !is;
    if (is || !this.lost) return;
    this.lost = false;
    const newest = [...this.log.querySelectorAll("li.theirs")].at(-1);
    (newest?.querySelector(".row button, .choices button") || this.input).focus();
  }

  item(id) {
    return [...this.log.children].find((each) => each.dataset.id === id);
  }

  keepFocus(item) {
    if (item.contains(document.activeElement)) this.lost = true;
  }

  scroll() {
    this.chat.scrollTop = this.chat.scrollHeight;
  }
}
