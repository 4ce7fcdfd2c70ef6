// The words of the page, in the language that its reader has chosen.

const KEPT = "language";
let book;

/** Fetch the words: in the language chosen earlier, else in that of the browser. */
export async function fetchWords() {
  const wanted = localStorage.getItem(KEPT) || navigator.language;
  book = await (await fetch(`/words/${encodeURIComponent(wanted)}`)).json();
  document.documentElement.lang = book.language;
}

/** Return words by their name, with their values. */
export function say(name, values = {}) {
  return book.words[name].replace(/\{(\w+)\}/g, (_, value) => values[value]);
}

/** Whether there are words of this name. */
export const knows = (name) => name in book.words;

/** The language of the page, and all that it and the bot have. */
export const language = () => book.language;
export const languages = () => book.languages;

/** Return what a language is called: by the page, or by itself (`inside` the same language). */
export const nameOf = (code, inside = language()) => new Intl.DisplayNames(inside, { type: "language" }).of(code);

/** Show the page in another language from now on. */
export function choose(language) {
  localStorage.setItem(KEPT, language);
  location.reload();
}
