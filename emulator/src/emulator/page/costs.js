// What is billed by the hour, the dearest first.

import { h } from "./elements.js";
import { money, plain } from "./moments.js";
import { column, kind, none, number } from "./parts.js";
import { kindOf, label } from "./things.js";

const MOST = 100;

/** What each thing costs an hour, with the sum; what is paid ahead comes last and costs no hour. */
export function costsTable(hourly, tree, wanted) {
  const rows = hourly.things
    .map((thing) => ({ ...thing, name: tree.things.get(thing.id)?.name }))
    .filter((thing) => wanted(thing.id, thing.name, thing.kind))
    .sort((one, other) => other.hour - one.hour);
  if (rows.length === 0) return none("Nothing costs anything.");
  return [
    h(
      "table",
      {},
      h("caption", { class: "unseen" }, "What each thing costs an hour"),
      h("thead", {}, h("tr", {}, column("Thing"), column("For"), column(`${hourly.currency}/h`, "number"))),
      h("tbody", {}, rows.slice(0, MOST).map(row)),
      h("tfoot", {}, sums(hourly)),
    ),
    more(rows.slice(MOST)),
  ];
}

function row(thing) {
  const { paid_until: paid } = thing;
  return h(
    "tr",
    { "data-key": thing.id },
    h("th", { scope: "row" }, kind(kindOf(thing.kind)), label(thing)),
    h("td", {}, paid ? `paid until ${plain(paid)}` : itemsOf(thing)),
    number(paid ? "–" : money(thing.hour)),
  );
}

function itemsOf(thing) {
  const items = Object.entries(thing.items);
  return items.map(([item, price]) => (items.length > 1 ? `${item} ${money(price)}` : item)).join(", ");
}

function sums({ accounts, total }) {
  const parts = Object.entries(accounts).map(([account, sum]) => [`Account ${account}`, sum]);
  const lines = [...(parts.length > 1 ? parts : []), ["All", total]];
  const line = ([name, sum]) =>
    h("tr", { "data-key": name }, h("th", { scope: "row", colspan: "2" }, name), number(money(sum)));
  return lines.map(line);
}

function more(rest) {
  const sum = rest.reduce((total, thing) => total + thing.hour, 0);
  return rest.length ? h("p", { class: "more" }, `And ${rest.length} more, together ${money(sum)}.`) : null;
}
