// What the page asks of the stage.

import { knows, say } from "./words.js";

/** Ask the stage to do something; what it refuses is said. Return whether it was done. */
export async function act(asked) {
  return post("/act", asked);
}

/** Begin anew: with a `script`, or with the `example`, or with neither. */
export async function begin(asked = {}) {
  return post("/begin", asked);
}

/** Say what was done, where no phone shows it. */
export function tell(words) {
  const done = document.querySelector("#done");
  done.hidden = false;
  done.textContent = words;
}

async function post(path, asked) {
  const problem = document.querySelector("#problem");
  document.querySelector("#done").hidden = true;
  let answer;
  try {
    const headers = { "Content-Type": "application/json" };
    answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(asked) });
  } catch {
    answer = null; // the line is lost: the page says so, and comes back by itself
  }
  problem.hidden = Boolean(answer?.ok);
  if (!answer?.ok) {
    const { why = "", line } = answer?.status === 409 ? await answer.json() : {};
    problem.textContent = say(knows(why) ? why : "no_line", { line });
  }
  return problem.hidden;
}
