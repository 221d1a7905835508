// Small parts that several sections are made of.

import { h } from "./elements.js";

/** The head of a column. */
export const column = (text, name = "") => h("th", { scope: "col", class: name }, text);

/** A cell with a number, and one that holds what is not a number in its place. */
export const number = (text) => h("td", { class: "number" }, text);

/** A moment that does not break. */
export const moment = (...children) => h("td", { class: "moment" }, ...children);

/** A soft word before a name; a space keeps the two apart for who hears them. */
export const kind = (text) => [h("span", { class: "kind" }, text), " "];

/** Parts of a line, apart from each other for the ear too. */
export const spaced = (...parts) => parts.filter(Boolean).flatMap((part) => [part, " "]);

/** What an empty section says. */
export const none = (text) => h("p", { class: "none" }, text);

/** Names and values, in as many columns as there is room for. */
export function fields(pairs) {
  const field = ([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, String(value)));
  return h("dl", { class: "fields" }, pairs.map(field));
}
