// One message in a chat: words, files, and below them what can be chosen.

import { make } from "./make.js";
import { words } from "./text.js";
import { say } from "./words.js";

// Signs that every font has.
const SIGNS = { voice: "♪", audio: "♪", video: "▶", video_note: "▶" };

/** Return the parts of a message of the bot's, or of somebody's, in their order. `chat` says what follows a
 * press (`press`) and a number that is typed (`type`), which messages there are (`quoted`), whether digits stand
 * for buttons (`digits`), and how many at most (`marks`), and what links into the bot do (`doors`). */
export function parts(told, chat) {
  const found = [];
  if (told.answers) found.push(quote(chat.quoted(told.answers)));
  if (told.forwarded) found.push(make("p", { className: "quote", textContent: say("forwarded", { who: told.forwarded }) }));
  found.push(...(told.files || []).map((each) => file(each, chat.run)));
  if (told.text) found.push(words(told.marked?.length ? told.marked : [told.text], chat.doors));
  const labels = (told.rows || []).flat();
  if (labels.length && chat.digits) found.push(digits(told, labels, chat));
  else found.push(...(told.rows || []).map((row) => make("div", { className: "row" }, ...row.map((label) => key(label, label, () => chat.press(told.id, label))))));
  return found;
}

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

/** A button; `shown` stands on it, `label` is what it is called. */
function key(label, shown, onclick) {
  return make("button", { type: "button", textContent: shown, ariaLabel: label, onclick });
}

/** Choices as Matrix has them: numbered lines, and reactions with their numbers, each of which is a message there.
 * So a long list has none, and a question for a number neither: those are typed (bot/delivery/marks.py). */
function digits(told, labels, chat) {
  const offered = numbered(told, labels, chat);
  const hasNumbers = !offered.some(({ label, isLine }) => !isLine && /^\d/.test(label));
  const lines = offered
    .map((each, at) => [hasNumbers ? `${at + 1}.` : "•", each])
    .filter(([, { isLine }]) => !isLine)
    .map(([mark, { label, choose }]) => make("li", {}, `${mark} `, key(label, label, choose)));
  const isTyped = !hasNumbers || (offered.length > chat.marks && offered.some(({ isLine }) => isLine));
  const chips = (isTyped ? [] : offered.slice(0, chat.marks)).map(({ label, choose }, at) => key(label, `${at + 1}`, choose));
  const list = make("ul", { dir: "auto" }, ...lines);
  return make("div", { className: "choices" }, ...(lines.length ? [list] : []), make("div", { className: "chips" }, ...chips));
}

/** Return what is offered, in the order of the numbers: lines of a list have theirs in the text already. Where
 * Telegram shows what can be done with each line (`first` is how many numbers Matrix has), they open it here. */
function numbered(told, labels, chat) {
  const press = (label, at) => ({ label, isLine: label === `${at + 1}`, choose: () => chat.press(told.id, label) });
  if (!told.first) return labels.map(press);
  const lines = new Set(labels.map((label) => /^(\d+): /.exec(label)?.[1]).filter(Boolean));
  const opening = [...lines].map((label) => ({ label, isLine: true, choose: () => chat.type(told.id, label) }));
  const besides = told.first - opening.length;
  return [...opening, ...(besides ? labels.slice(-besides) : []).map((label) => press(label))];
}
