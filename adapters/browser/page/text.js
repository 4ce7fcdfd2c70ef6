// The words of a message: what is bold or a link there is made of elements, one by one, and never read as HTML.

import { make } from "./make.js";

const TAGS = new Set(["b", "i", "code", "pre", "blockquote"]);
const BLOCKS = new Set(["pre", "blockquote"]);
const ADDRESS = /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}’”]/g;

/** Return the words of a message. `nodes` are texts, and arrays of a tag, an address and the nodes inside;
 * `doors` leads to what a link into the bot does. */
export function words(nodes, doors = {}) {
  const lines = nodes.map((each, at) => (BLOCKS.has(nodes[at - 1]?.[0]) ? withoutBreak(each) : each));
  return make("div", { className: "text", dir: "auto" }, ...lines.flatMap((each) => shown(each, doors)));
}

/** What stands in a block has ended its line already. */
const withoutBreak = (node) => (typeof node === "string" ? node.replace(/^\n/, "") : node);

function shown(node, doors) {
  if (typeof node === "string") return linked(node, doors);
  const [tag, address, nodes] = node;
  if (tag === "a") return link(address, bare(nodes), doors);
  const inside = nodes.flatMap((each) => shown(each, doors));
  return make(TAGS.has(tag) ? tag : "span", {}, ...inside);
}

/** Return all text inside. */
const bare = (nodes) => nodes.map((each) => (typeof each === "string" ? each : bare(each[2]))).join("");

/** Return a text in which addresses are links, as messengers show it. */
function linked(text, doors) {
  const found = [];
  let at = 0;
  for (const { 0: address, index } of text.matchAll(ADDRESS)) {
    found.push(text.slice(at, index), link(address, address, doors));
    at = index + address.length;
  }
  return [...found, text.slice(at)].filter(Boolean);
}

/** Return a link to a page elsewhere. One into the bot opens it on this phone, if that is there; one that leads
 * to anything else is none. */
function link(address, text, doors) {
  const door = Object.keys(doors).find((each) => address === each || address.startsWith(`${each}?`));
  if (door !== undefined) {
    if (!doors[door]) return make("span", { textContent: text });
    const opens = () => doors[door](new URL(address).searchParams.get("start") || "");
    return make("button", { type: "button", className: "link", textContent: text, onclick: opens });
  }
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return make("span", { textContent: text });
  return make("a", { href: address, target: "_blank", rel: "noopener noreferrer", textContent: text });
}
