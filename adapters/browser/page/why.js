// Why something happened: what the bot understood, what it called, and who else was told.

import { make } from "./make.js";
import { knows, say } from "./words.js";

/** Return the reasons for the last step, as the phone of `name` shows them, to be unfolded. */
export function why(told, name) {
  const list = make("dl");
  const add = (term, ...texts) => {
    list.append(make("dt", { textContent: say(term) }), ...texts.map((text) => make("dd", { dir: "auto", textContent: text })));
  };
  if (told.phone !== name) add("because", told.doing || say("time_passed"));
  add("understood", ...new Set(told.turns.flatMap(meanings)));
  add("called", ...new Set(told.turns.map((turn) => say("handler_outcome", turn))));
  const others = Object.entries(told.others).filter(([who]) => who !== name);
  if (others.length) add("others", ...others.map(([who, text]) => `${who}: ${text}`));
  const element = make("details", { className: "why" }, make("summary", { textContent: say("why") }), list);
  element.ontoggle = () => element.open && element.scrollIntoView({ block: "nearest" });
  return element;
}

/** What one turn was taken to mean; nothing where a time had come. */
function meanings(turn) {
  return turn.meant.length ? turn.meant.map((each) => meaning(`meant_${each}`, each)) : [say("came_due")];
}

const meaning = (name, technical) => (knows(name) ? `${say(name)} (${technical})` : technical);
