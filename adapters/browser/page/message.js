// One message in a chat: words, files, and below them what can be chosen.

import { make } from "./make.js";
import { say } from "./words.js";

// Signs that every font has.
const SIGNS = { voice: "♪", audio: "♪", video: "▶", video_note: "▶" };

/** Return the parts of a message of the bot's, or of somebody's, in their order. `chat` says what follows a
 * press (`press`), which messages there are (`quoted`), and whether digits stand for buttons (`digits`). */
export function parts(told, chat) {
  const found = [];
  if (told.answers) found.push(quote(chat.quoted(told.answers)));
  if (told.forwarded) found.push(make("p", { className: "quote", textContent: say("forwarded", { who: told.forwarded }) }));
  found.push(...(told.files || []).map((each) => file(each, chat.run)));
  if (told.text) found.push(make("p", { className: "text", dir: "auto", textContent: told.text }));
  const labels = (told.rows || []).flat();
  if (labels.length && chat.digits && !told.first && !labels.some(beginsWithNumber)) found.push(digits(told, labels, chat));
  else found.push(...(told.rows || []).map((row) => make("div", { className: "row" }, ...row.map((label) => key(told, label, chat)))));
  return found;
}

/** Where a label is a number, or begins with one, no other number stands for it. */
const beginsWithNumber = (label) => /^\d/.test(label);

function quote(text) {
  return make("p", { className: "quote", dir: "auto", textContent: text || say("gone") });
}

/** A file: a picture is shown, an invented one by a drawing, and what the bot has made can be kept. */
function file(told, run) {
  const address = `/files/${run}/${told.number}`;
  if (told.kind === "photo") {
    const real = told.number !== undefined;
    return make("img", { src: real ? address : "photo.svg", alt: real ? told.description : say("photo") });
  }
  const name = `${SIGNS[told.kind] || "▤"} ${told.kind === "voice" ? say("voice") : told.name}`;
  if (told.number === undefined) return make("p", { className: "file", textContent: name });
  return make("p", { className: "file" }, make("a", { href: address, download: told.name, textContent: name }));
}

/** A button as Telegram has it. */
function key(told, label, chat, shown = label) {
  return make("button", { type: "button", textContent: shown, ariaLabel: label, onclick: () => chat.press(told.id, label) });
}

/** Choices as Matrix has them: numbered lines, and reactions with their numbers. */
function digits(told, labels, chat) {
  const lines = make("ol", {}, ...labels.map((label) => make("li", { textContent: label })));
  const chips = labels.map((label, at) => key(told, label, chat, String(at + 1)));
  return make("div", { className: "choices", dir: "auto" }, lines, make("div", { className: "chips" }, ...chips));
}
