// All that exists, as it hangs together: account, region, VPC, vSwitch, instance, and what is on its own.

import { disclosure, h } from "./elements.js";
import { instanceOf } from "./instance.js";
import { kind, none, spaced } from "./parts.js";
import { thingsTable } from "./table.js";
import { kindOf, label, tags, texts } from "./things.js";

/** All things by id and by what they hang on, with what each costs an hour. */
export function inventory(overview, hourly) {
  const below = Map.groupBy(overview.things, (thing) => thing.parent);
  const hours = new Map(hourly.things.map((thing) => [thing.id, thing]));
  const things = new Map(overview.things.map((thing) => [thing.id, thing]));
  return { ...overview, things, hours, currency: hourly.currency, below: (id) => below.get(id) ?? [] };
}

/** The whole tree, or how to begin. */
export function resourcesOf(tree, wanted) {
  if (tree.things.size === 0) return firstCall();
  // Found with what it hangs on, and with what hangs on it.
  const found = (thing) => Boolean(thing) && (wanted(...texts(thing)) || found(tree.things.get(thing.parent)));
  const fits = (thing) => found(thing) || tree.below(thing.id).some(fits);
  const top = tree.below("").filter(fits);
  if (top.length === 0) return none("Nothing fits the filter.");
  const accounts = Map.groupBy(top, (thing) => thing.account);
  return [totals(tree), tree.accounts.filter((one) => accounts.has(one.account)).map(accountOf)];

  function accountOf({ account, key, overdue }) {
    const regions = [...Map.groupBy(accounts.get(account), (thing) => thing.region)];
    return h(
      "section",
      { "data-key": account, class: "account" },
      h(
        "h3",
        {},
        spaced("Account", id(account), key && h("span", { class: "key" }, key)),
        overdue && h("span", { class: "mark alarm" }, "overdue"),
      ),
      regions.map(([region, things]) => regionOf(region, things)),
    );
  }

  function regionOf(region, things) {
    const own = things.filter((thing) => thing.kind !== "vpcs");
    return h(
      "section",
      { "data-key": region || "no region" },
      h("h4", {}, region || "In no region"),
      things.filter((thing) => thing.kind === "vpcs").map(vpcOf),
      [...Map.groupBy(own, (thing) => thing.kind)].map(([name, alone]) =>
        thingsTable(`${name} ${region}`, aloneOf(name), alone, tree),
      ),
    );
  }

  function vpcOf(vpc) {
    const things = tree.below(vpc.id).filter(fits);
    const switches = things.filter((thing) => thing.kind === "vswitches");
    const groups = things.filter((thing) => thing.kind === "security_groups");
    const summary = spaced(kind("VPC"), label(vpc), id(vpc.particulars.cidr), tags(vpc));
    const content = () => [
      switches.map(switchOf),
      thingsTable(`groups ${vpc.id}`, "Security groups", groups, tree),
    ];
    return disclosure(vpc.id, { class: "vpc" }, summary, content, true);
  }

  function switchOf(vswitch) {
    const things = tree.below(vswitch.id).filter(fits);
    const { cidr, zone } = vswitch.particulars;
    const item = (thing) => instanceOf(thing, tree);
    return h(
      "div",
      { "data-key": vswitch.id, class: "vswitch" },
      h("p", {}, spaced(kind("vSwitch"), label(vswitch), id(cidr), h("span", {}, zone), tags(vswitch))),
      things.length ? h("ul", { class: "instances" }, things.map(item)) : none("No instances."),
    );
  }
}

const id = (text) => h("span", { class: "id" }, text);

// What could hang on something else, and does not.
const LOOSE = new Set(["disks", "eips", "enis", "snapshots", "instances", "vswitches"]);

function aloneOf(kinds) {
  const name = kindOf(kinds, true);
  return `${name[0].toUpperCase()}${name.slice(1)}${LOOSE.has(kinds) ? " on their own" : ""}`;
}

function totals(tree) {
  const kinds = [...Map.groupBy(tree.things.values(), (thing) => thing.kind)];
  const part = ([name, { length }]) => h("li", {}, h("b", {}, length), " ", kindOf(name, length !== 1));
  return h("ul", { class: "totals", "aria-label": "How many there are" }, kinds.map(part));
}

function firstCall() {
  const query = "Action=CreateVpc&Version=2016-04-28&RegionId=cn-hangzhou&CidrBlock=10.0.0.0/16";
  const signed = "AccessKeyId=emulator&Signature=any";
  return h(
    "div",
    { class: "first" },
    h(
      "p",
      {},
      ["Nothing exists yet. Tell a client the endpoint ", h("code", {}, location.host)],
      [", the access key id ", h("code", {}, "emulator"), " and any secret, or make a first call by hand:"],
    ),
    h("pre", { tabindex: "0" }, h("code", {}, `curl '${location.origin}/?${query}&${signed}'`)),
    h("p", {}, "What it makes is seen here at once, without loading the page again."),
  );
}
