// Elements of the page, made in one place. Words are only ever set as text.

import { say } from "./words.js";

/** Return an element with these properties and these children. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Return a button with words of the page. */
export function button(name, onclick, values = {}) {
  return make("button", { type: "button", onclick, textContent: say(name, values) });
}

/** Return a choice: `options` are names by their values. */
export function select(options, value, label, onchange = null) {
  const element = make("select", { ariaLabel: label, onchange });
  for (const [each, name] of Object.entries(options)) {
    element.append(make("option", { value: each, textContent: name, selected: each === value }));
  }
  return element;
}

/** Return a menu: a button that opens a list of buttons, by the names of their words. `label` says more than its
 * title. */
export function menu(title, deeds, label = title) {
  const close = () => (element.open = false);
  const entries = Object.entries(deeds).map(([name, deed]) =>
    make("li", {}, button(name, () => (close(), deed()))),
  );
  const element = make(
    "details",
    {
      className: "menu",
      onkeydown: (event) => {
        if (event.key === "Escape" && element.open) (close(), element.firstChild.focus());
      },
    },
    make("summary", { textContent: title, ariaLabel: label }),
    make("ul", {}, ...entries),
  );
  element.addEventListener("focusout", ({ relatedTarget: to }) => to && !element.contains(to) && close());
  return element;
}

/** Ask for something in a form. Each field has a name, a `label`, and `options` where it is a choice, or
 * `long` where it is more than a line. Return what was given; null where nothing was. */
export function ask(title, fields) {
  const dialog = document.querySelector("#form");
  const [form, heading, body] = ["form", "h2", "form > div"].map((each) => dialog.querySelector(each));
  heading.textContent = title;
  body.replaceChildren();
  const inputs = {};
  for (const [name, field] of Object.entries(fields)) {
    const input = field.options
      ? select(field.options, field.value, "")
      : make(field.long ? "textarea" : "input", { value: field.value || "", required: !field.optional, dir: "auto" });
    input.removeAttribute("aria-label");
    inputs[name] = input;
    body.append(make("label", {}, field.label, input));
  }
  return new Promise((answer) => {
    const end = (given) => (dialog.close(), answer(given));
    body.append(
      make("p", { className: "buttons" }, make("button", { textContent: say("do_it") }), button("leave_it", () => end(null))),
    );
    form.onsubmit = (event) => {
      event.preventDefault();
      end(Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.value])));
    };
    dialog.oncancel = () => end(null);
    dialog.showModal();
  });
}
