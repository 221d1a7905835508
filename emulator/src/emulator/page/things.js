// How one thing is named, marked and told.

import { h } from "./elements.js";

const KINDS = {
  vpcs: ["VPC", "VPCs"],
  vswitches: ["vSwitch", "vSwitches"],
  instances: ["instance", "instances"],
  disks: ["disk", "disks"],
  eips: ["EIP", "EIPs"],
  enis: ["network interface", "network interfaces"],
  snapshots: ["snapshot", "snapshots"],
  snapshot_groups: ["snapshot group", "snapshot groups"],
  auto_snapshot_policies: ["snapshot policy", "snapshot policies"],
  images: ["image", "images"],
  security_groups: ["security group", "security groups"],
  ram_access_keys: ["access key", "access keys"],
  ram_policies: ["RAM policy", "RAM policies"],
  event_buses: ["event bus", "event buses"],
};
const GOOD = new Set(["Running", "Available", "InUse", "In_use", "accomplished", "Active", "Normal", "ENABLE"]);
const STILL = new Set(["Stopped", "Inactive", "DISABLE", "Deprecated"]);
const BAD = new Set(["failed", "CreateFailed"]);

/** The word for a kind of thing, for one or for several. */
export function kindOf(kind, several = false) {
  const plural = kind.replaceAll("_", " ").replace(/^ram /, "RAM ").replace(/^oidc /, "OIDC ");
  const [one, many] = KINDS[kind] ?? [plural.replace(/s$/, ""), plural];
  return several ? many : one;
}

/** Name and id; an id alone where there is no name, or where the name is the id. */
export function label(thing) {
  const named = thing.name && thing.name !== thing.id;
  const id = h("span", { class: "id" }, thing.id);
  return h("span", { class: "label" }, named ? [h("b", {}, thing.name), " ", id] : id);
}

/** A status, with a colour for those that a glance should find. */
export function status(text) {
  const tone = GOOD.has(text) ? "good" : STILL.has(text) ? "still" : BAD.has(text) ? "bad" : "moving";
  return text ? h("span", { class: `status ${tone}` }, text) : null;
}

/** Protection, locks and a release under way. */
export function marks(thing) {
  const tone = (mark) => (mark === "protected" ? "mark" : "mark alarm");
  return thing.marks.map((mark) => h("span", { class: tone(mark) }, mark));
}

/** Tags, each as key and value. */
export function tags(thing) {
  const pair = ([key, value]) => h("li", {}, h("span", {}, key), value && h("b", {}, value));
  const pairs = Object.entries(thing.tags);
  return pairs.length ? h("ul", { class: "tags", "aria-label": "Tags" }, pairs.map(pair)) : null;
}

/** What is known of a thing in a line, without what its place says already. */
export function told(thing, holder) {
  const known = [thing.parent, holder?.parent];
  const news = ([name, value]) => !known.includes(value) && value !== holder?.particulars[name];
  return Object.entries(thing.particulars)
    .filter(news)
    .map(([name, value]) => fact(words(name), text(value)));
}

const fact = (name, value) => h("span", { class: "fact" }, h("span", { class: "name" }, name), " ", value);

/** A field's name as words. */
export const words = (name) => name.replaceAll("_", " ");

/** A field's value in a line. */
export const text = (value) => (Array.isArray(value) ? value.join(", ") : String(value));

/** What a thing can be found by. */
export const texts = (thing) => [thing.id, thing.name, thing.status, ...Object.entries(thing.tags).flat()];
