// What happens next by the emulator's clock.

import { h } from "./elements.js";
import { MOST_TIMERS } from "./emulator.js";
import { distance, plain } from "./moments.js";
import { column, moment, none } from "./parts.js";
import { label } from "./things.js";

/** The timers in order, each with its moment and how far away that is now. */
export function upcomingTable(timers, epoch, wanted) {
  const rows = timers.filter((timer) => wanted(timer.id, timer.name, timer.event, timer.text));
  if (rows.length === 0) return none("Nothing will happen by itself.");
  const cut = timers.length === MOST_TIMERS ? `The first ${MOST_TIMERS}.` : "";
  return [
    h(
      "table",
      {},
      h("caption", { class: "unseen" }, "What happens by the clock, the nearest first"),
      h("thead", {}, h("tr", {}, column("At (UTC)"), column("In"), column("What"))),
      h("tbody", {}, rows.map((timer) => row(timer, epoch))),
    ),
    h("p", { class: "more" }, cut),
  ];
}

function row(timer, epoch) {
  return h(
    "tr",
    { "data-key": `${timer.id} ${timer.event}` },
    moment(h("time", { datetime: timer.time }, plain(timer.time))),
    moment(distance(timer.epoch - epoch)),
    h("td", {}, label(timer), h("span", { class: "what" }, timer.text)),
  );
}
