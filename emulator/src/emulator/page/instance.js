// One instance: a line, and behind it what it is and what becomes of all that hangs on it.

import { disclosure, h } from "./elements.js";
import { count, money, plain } from "./moments.js";
import { fields } from "./parts.js";
import { price, thingsTable } from "./table.js";
import { kindOf, label, marks, status, tags, text, words } from "./things.js";

/** An instance as an item of a list, or what else hangs on a vSwitch. */
export function instanceOf(thing, tree) {
  const shown =
    thing.kind === "instances"
      ? disclosure(thing.id, { class: "instance" }, line(thing, tree), () => inside(thing, tree))
      : thingsTable(thing.id, kindOf(thing.kind, true), [thing], tree);
  return h("li", { "data-key": thing.id }, shown);
}

function line(instance, tree) {
  const { type, charge, private_ip: inner, public_ip: outer } = instance.particulars;
  const special = charge === "pay-as-you-go" ? null : h("span", { class: "mark" }, charge);
  return h(
    "span",
    { class: "line" },
    label(instance),
    h("span", {}, status(instance.status)),
    h("span", {}, type),
    h("span", {}, inner, outer && ` ${outer}`),
    h("span", { class: "rest" }, special, ends(instance), marks(instance), tags(instance)),
    h("span", { class: "number" }, price(tree.hours.get(instance.id))),
  );
}

function ends(instance) {
  const { release_time: release, paid_until: paid } = instance.particulars;
  const moment = release ? `released ${plain(release)}` : paid && `paid until ${plain(paid)}`;
  return moment && h("span", { class: "mark" }, moment);
}

function inside(instance, tree) {
  const held = tree.below(instance.id);
  const all = `/_emulator/state?id=${encodeURIComponent(instance.id)}`;
  return h(
    "div",
    { class: "inside" },
    fields(Object.entries(instance.particulars).map(([name, value]) => [words(name), text(value)])),
    h("p", { class: "fate" }, fateOf(instance, held, tree)),
    thingsTable(`on ${instance.id}`, "What hangs on it", held, tree, true),
    h("p", {}, h("a", { href: all, target: "_blank", rel: "noopener" }, "All fields, as JSON")),
  );
}

/** What would die with an instance, and what would stay and bill. */
function fateOf(instance, held, tree) {
  const all = held.flatMap((thing) => [thing, ...tree.below(thing.id)]);
  const judged = all.filter((thing) => thing.at_release);
  const hour = [instance, ...all].reduce((sum, thing) => sum + (tree.hours.get(thing.id)?.hour ?? 0), 0);
  const stay = judged.filter((thing) => !thing.at_release.goes);
  const bill = stay.reduce((sum, thing) => sum + thing.at_release.hour_after, 0);
  const cost = `Costs ${money(hour)} ${tree.currency} an hour with all that hangs on it. `;
  const guard = instance.marks.includes("protected") ? "Protected from being released by a call. " : "";
  const go = `${cost}${guard}Released now, ${count(judged.length - stay.length, "thing")} would go with it`;
  if (stay.length === 0) return `${go}, and nothing would stay.`;
  return `${go}; ${count(stay.length, "thing")} would stay and bill ${money(bill)} ${tree.currency} an hour.`;
}
