// The page: it shows what the stage tells, and asks the stage for what people do on their phones.

import { act, begin, tell } from "./asking.js";
import { ask, button, make, menu, select } from "./make.js";
import { Phone } from "./phone.js";
import { choose, fetchWords, language, languages, nameOf, say } from "./words.js";

const PEOPLE = ["ar", "de", "en", "es", "fa", "fr", "ku", "pl", "ps", "ru", "so", "ti", "tr", "uk", "ur"];

const at = (selector) => document.querySelector(selector);

const stage = {
  phones: new Map(),
  run: 0,
  live: false, // whether what is told is new; before that it is what was there already

  /** On a narrow screen one phone is shown: this one from now on. */
  turnTo(phone) {
    phone.unread = 0;
    for (const each of this.phones.values()) {
      each.element.classList.toggle("front", each === phone);
      each.tab.ariaCurrent = each === phone;
      each.tab.textContent = each.unread ? say("unread", { name: each.name, n: each.unread }) : each.name;
    }
    phone.tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    phone.scroll();
  },

  get front() {
    return [...this.phones.values()].find((each) => each.element.classList.contains("front"));
  },
};

// --- what the stage tells --------------------------------------------------------------------------

const TOLD = {
  begin({ run }) {
    stage.run = run;
    stage.live = false;
    stage.phones.clear();
    at("#phones").replaceChildren();
    at("#tabs").replaceChildren();
  },
  ready() {
    stage.live = true;
    document.body.dataset.ready = stage.run; // for tests: all is shown
  },
  phone(about) {
    const phone = new Phone(about, stage);
    stage.phones.set(about.name, phone);
    at("#phones").append(phone.element);
    at("#tabs").append(phone.tab);
    for (const each of stage.phones.values()) each.meet([...stage.phones.values()]);
    if (!stage.front || stage.live) stage.turnTo(phone);
    if (stage.live) phone.element.scrollIntoView({ block: "nearest", inline: "nearest" });
  },
  world({ now, zone, next, left }) {
    const shape = { timeZone: zone, weekday: "long", year: "numeric", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" };
    at("#now").textContent = new Intl.DateTimeFormat(language(), shape).format(new Date(now));
    at("#script").hidden = !left;
    at("#next").textContent = next;
  },
  shown(told) {
    on(told, (phone) => {
      phone.show(told);
      if (!stage.live || told.edited) return;
      announce(told);
      if (phone !== stage.front) phone.unread += 1;
      stage.turnTo(stage.front);
    });
  },
  said: (told) => on(told, (phone) => phone.show(told)),
  rewritten: (told) => on(told, (phone) => phone.rewrite(told)),
  gone: (told) => on(told, (phone) => phone.drop(told)),
  pressed: (told) => on(told, (phone) => phone.pressed(told)),
  deed: (told) => on(told, (phone) => phone.deed(told)),
  busy: (told) => on(told, (phone) => phone.busy(true)),
  idle: (told) => on(told, (phone) => phone.busy(false)),
  why: (told) => told.phones.forEach((name) => stage.phones.get(name)?.explain(told)),
};

function on(told, deed) {
  const phone = stage.phones.get(told.phone);
  if (phone) deed(phone);
}

/** Have a screen reader say what comes to a phone. */
function announce({ phone, text }) {
  at("#news").append(make("p", { textContent: `${phone}: ${text}` }));
  while (at("#news").children.length > 20) at("#news").firstChild.remove();
}

// --- what stands above the phones ------------------------------------------------------------------

function furnish() {
  document.title = say("title");
  for (const each of document.querySelectorAll("[data-say]")) each.textContent = say(each.dataset.say);
  for (const each of document.querySelectorAll("[data-say-label]")) each.ariaLabel = say(each.dataset.sayLabel);
  for (const [name, span] of [["hour", "1 hour"], ["day", "1 day"], ["week", "1 week"]]) {
    at("#clock").append(button(name, () => act({ do: "wait", span })));
  }
  at("#hint").append(" ", button("example", () => begin({ example: true })));
  at("#clock").append(button("until_something", () => act({ do: "next" })));
  at("#tools").append(
    menu(say("more"), {
      new_person: newPerson,
      new_room: newRoom,
      new_network: newNetwork,
      example: () => begin({ example: true }),
      save: () => make("a", { href: "/script", download: "transcript.txt" }).click(),
      open: openScript,
      start_again: () => begin(),
    }),
    select(Object.fromEntries(languages().map((each) => [each, nameOf(each, each)])), language(), say("language_of_page"), (event) => choose(event.target.value)),
  );
  at("#script").append(
    button("play_one", () => act({ do: "step" })),
    button("play_rest", () => act({ do: "rest" })),
  );
}

function messengers() {
  return Object.fromEntries([...stage.phones.values()].map((each) => [each.messenger, each.title]));
}

async function newPerson() {
  const roles = ["stranger", "member", "meta-mentor"].map((role) => [role, say(`role_${role}`)]);
  const given = await ask(say("new_person"), {
    name: { label: say("their_name") },
    role: { label: say("role"), options: Object.fromEntries(roles) },
    messenger: { label: say("messenger"), options: messengers() },
    language: { label: say("phone_language"), options: Object.fromEntries(PEOPLE.map((each) => [each, nameOf(each)])), value: language() },
  });
  if (given) act({ do: "person", ...given });
}

async function newRoom() {
  const leaders = [...stage.phones.values()].filter((each) => !each.room).map((each) => [each.name, each.name]);
  const given = await ask(say("new_room"), {
    name: { label: say("their_name") },
    messenger: { label: say("messenger"), options: messengers() },
    led_by: { label: say("led_by"), options: Object.fromEntries(leaders.reverse()) },
  });
  if (given) act({ do: "room", ...given });
}

async function newNetwork() {
  const given = await ask(say("new_network"), { name: { label: say("network_name") } });
  if (given && (await act({ do: "network", ...given }))) tell(say("network_there", given));
}

function openScript() {
  const input = make("input", { type: "file", accept: ".txt,text/plain" });
  input.onchange = async () => begin({ script: await input.files[0].text() });
  input.click();
}

// --- it begins -------------------------------------------------------------------------------------

await fetchWords();
furnish();
new EventSource("/events").onmessage = ({ data }) => {
  const told = JSON.parse(data);
  TOLD[told.kind](told);
};
