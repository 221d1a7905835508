// The last calls, the newest first; a row can be opened to see what was sent and answered.

import { h, isOpen, opener } from "./elements.js";
import { ask } from "./emulator.js";
import { plain } from "./moments.js";
import { column, fields, kind, moment, none } from "./parts.js";

const COLUMNS = ["Time (UTC)", "Action", "Key", "Status", "Code", "Parameters"];
const records = new Map();

/** The calls that are wanted; `again` is called when more is known of one. */
export function callsTable(calls, wanted, again) {
  const found = calls.filter((call) => wanted(...texts(call)));
  if (found.length === 0) return none(calls.length ? "No call fits the filter." : "No calls yet.");
  return h(
    "table",
    { class: "log" },
    h("caption", { class: "unseen" }, "The last calls with their answers, the newest first"),
    h("thead", {}, h("tr", {}, COLUMNS.map((name) => column(name)))),
    h("tbody", {}, found.reverse().map((call) => rowsOf(call, again))),
  );
}

const texts = (call) => [call.action, call.product, call.access_key_id, call.code, JSON.stringify(call.parameters)];

function rowsOf(call, again) {
  const { key } = call;
  const row = h(
    "tr",
    { "data-key": key },
    moment(h("time", { datetime: call.time }, plain(call.time))),
    h("th", { scope: "row" }, opener(key, call.action || "no action"), kind(call.product)),
    h("td", {}, call.access_key_id),
    h("td", {}, answer(call.status)),
    h("td", {}, call.code),
    h("td", {}, h("span", { class: "cut" }, short(call.parameters))),
  );
  return isOpen(key) ? [row, details(call, again)] : [row];
}

function short(parameters) {
  const pairs = Object.entries(parameters).filter(([name]) => name !== "RegionId");
  return pairs.map(([name, value]) => `${name}=${value}`).join(" ");
}

function answer(status) {
  const tone = status === null ? "moving" : status < 400 ? "good" : "bad";
  return h("span", { class: `status ${tone}` }, status ?? "cut");
}

function details(call, again) {
  const event = recordOf(call, again)?.event ?? {};
  const { requestId, sourceIpAddress, errorMessage, responseElements } = event;
  const told = [
    ["Number", call.n],
    ["Request id", requestId],
    ["From", sourceIpAddress],
    ["User agent", call.user_agent],
    ["Message", errorMessage],
    ...Object.entries(call.parameters),
  ];
  const reply = responseElements && JSON.stringify(responseElements, null, 2);
  return h(
    "tr",
    { "data-key": `${call.key} more`, class: "details" },
    h(
      "td",
      { colspan: String(COLUMNS.length) },
      fields(told.filter(([, value]) => value !== undefined && value !== "")),
      reply && h("pre", { tabindex: "0", "aria-label": "Answer" }, reply),
    ),
  );
}

/** What is recorded of a call, asked for when its row is opened for the first time. */
function recordOf({ n, key }, again) {
  if (!records.has(key)) {
    records.set(key, null);
    ask(`request?n=${n}`)
      .then((record) => records.set(key, record))
      .catch(() => records.delete(key))
      .then(again);
  }
  return records.get(key);
}
