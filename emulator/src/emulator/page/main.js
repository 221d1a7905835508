// Puts the parts together: who is asked, and which part shows what.

import { callsTable } from "./calls.js";
import { costsTable } from "./costs.js";
import { h, onOpening, show } from "./elements.js";
import { watch } from "./emulator.js";
import { money, pace, plain } from "./moments.js";
import { inventory, resourcesOf } from "./resources.js";
import { upcomingTable } from "./upcoming.js";

const place = (id) => document.getElementById(id);
const known = { calls: [] };
const filter = place("filter");

/** Whether something is wanted, of the texts that it can be found by. */
function wanted(...texts) {
  const word = filter.value.trim().toLowerCase();
  return word === "" || texts.some((text) => String(text ?? "").toLowerCase().includes(word));
}

function showWorld() {
  const tree = inventory(known.overview, known.hourly);
  show(place("resources"), resourcesOf(tree, wanted));
  show(place("hourly"), costsTable(known.hourly, tree, wanted));
  show(place("sum"), h("b", {}, money(known.hourly.total)), ` ${known.hourly.currency} an hour`);
}

function showCalls() {
  show(place("requests"), callsTable(known.calls, wanted, showCalls));
}

function showTime() {
  const { now, epoch, rate } = known.pulse;
  const speed = pace(rate) && h("span", {}, ` ${pace(rate)}`);
  show(place("clock"), h("time", { datetime: now }, `${plain(now)} UTC`), speed);
  show(place("upcoming"), upcomingTable(known.upcoming, epoch, wanted));
}

function showAll() {
  if (!known.pulse) return;
  showWorld();
  showCalls();
  showTime();
}

function onNews(news) {
  document.body.classList.remove("silent");
  show(place("link"), "live");
  if (news.world) showWorld();
  if (news.calls) showCalls();
  showTime();
}

function onSilence(since) {
  document.body.classList.add("silent");
  const left = known.pulse ? " What is below was seen last." : "";
  const time = since.toLocaleTimeString("en-GB");
  show(place("link"), `The emulator has not answered since ${time}.${left} Asking again.`);
}

onOpening(showAll);
filter.addEventListener("input", showAll);
watch(known, onNews, onSilence);
