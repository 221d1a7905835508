// A table of things, those that hang on another one below it.

import { h } from "./elements.js";
import { money } from "./moments.js";
import { column, kind, number } from "./parts.js";
import { kindOf, label, marks, status, tags, told } from "./things.js";

/** A table with a caption, none for nothing; `release` adds what becomes of each when the instance ends. */
export function thingsTable(key, caption, things, tree, release = false) {
  if (things.length === 0) return null;
  const rows = things.flatMap((thing) => [...branch(thing, tree, 0)]);
  // Columns in which nothing would stand are left out.
  const has = {
    status: rows.some(([thing]) => thing.status),
    release,
    price: rows.some(([thing]) => tree.hours.has(thing.id)),
  };
  const head = [
    column("What"),
    has.status && column("Status"),
    column("Particulars"),
    release && column("At release"),
    has.price && column(`${tree.currency}/h`, "number"),
  ];
  return h(
    "table",
    { "data-key": key, class: "things" },
    h("caption", {}, caption),
    h("thead", {}, h("tr", {}, head)),
    h("tbody", {}, rows.map(([thing, depth]) => row(thing, depth, tree, has))),
  );
}

/** What a thing costs an hour, if anything, or that it is paid ahead. */
export function price(cost) {
  if (!cost) return "";
  return cost.paid_until ? "paid ahead" : money(cost.hour);
}

function* branch(thing, tree, depth) {
  yield [thing, depth];
  for (const child of tree.below(thing.id)) yield* branch(child, tree, depth + 1);
}

function row(thing, depth, tree, has) {
  const cost = tree.hours.get(thing.id);
  return h(
    "tr",
    { "data-key": thing.id, class: depth ? "below" : null },
    h("th", { scope: "row" }, kind(kindOf(thing.kind)), label(thing), marks(thing), tags(thing)),
    has.status && h("td", {}, status(thing.status)),
    h("td", { class: "facts" }, told(thing, tree.things.get(thing.parent))),
    has.release && h("td", { class: "release" }, atRelease(thing.at_release, cost)),
    has.price && number(price(cost)),
  );
}

function atRelease(fate, cost) {
  if (!fate) return "";
  const other = fate.hour_after !== cost?.hour ? ` ${money(fate.hour_after)}` : "";
  const stays = fate.hour_after ? `stays and bills${other}` : "stays";
  const word = fate.goes ? h("b", { class: "goes" }, "goes") : h("b", {}, stays);
  return [word, h("span", { class: "what" }, fate.because)];
}
