// Asks the emulator, once a second at most, for what has changed; it gets no API call from here.

const PAUSE = 1000;
// A large world takes time to tell: it is asked so seldom that this is a twentieth of the time at most.
const SHARE = 20;
// What is called live must not be much older than this, however slow the machine.
const LONGEST_PAUSE = 10000;
const PATIENCE = 10000;
export const MOST_CALLS = 200;
export const MOST_TIMERS = 200;

/** Gets one control call's answer. */
export async function ask(call) {
  const options = { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) };
  const reply = await fetch(`/_emulator/${call}`, options);
  if (!reply.ok) throw new Error(`the control call ${call} was answered ${reply.status}`);
  return reply.json();
}

/** Watches until the page is left; calls back with all that is known, and with the time of a silence. */
export function watch(known, onNews, onSilence) {
  let silentSince = null;
  let timer = 0;
  async function beat() {
    clearTimeout(timer);
    let pause = PAUSE;
    try {
      const began = performance.now();
      const news = await update(known);
      pause = Math.min(Math.max(PAUSE, (performance.now() - began) * SHARE), LONGEST_PAUSE);
      silentSince = null;
      onNews(news);
    } catch (error) {
      silentSince ??= new Date();
      onSilence(silentSince, error);
    }
    clearTimeout(timer);
    // A page that nobody sees asks nothing.
    if (!document.hidden) timer = setTimeout(beat, pause);
  }
  document.addEventListener("visibilitychange", () => document.hidden || beat());
  beat();
}

/** Brings what is known up to date, and tells which parts are new. */
async function update(known) {
  const pulse = await ask("pulse");
  const [life] = pulse.world.split(".");
  const renewed = life !== known.life;
  const news = { world: pulse.world !== known.world, calls: renewed || pulse.requests !== known.last };
  if (news.world) {
    // One after another, so that the calls of others find their turn in between.
    const overview = await ask("overview");
    const hourly = await ask("hourly");
    const upcoming = await ask(`upcoming?limit=${MOST_TIMERS}`);
    Object.assign(known, { overview, hourly, upcoming });
  }
  if (news.calls) {
    const before = renewed ? [] : known.calls;
    const since = Math.max(before.at(-1)?.n ?? 0, pulse.requests - MOST_CALLS);
    const calls = await ask(`requests?since=${since}`);
    // Numbers begin anew after a reset, so a number alone does not tell two calls apart.
    const added = calls.map((call) => ({ ...call, key: `call ${life} ${call.n}` }));
    known.calls = [...before, ...added].slice(-MOST_CALLS);
  }
  // Taken as known only now: what failed on the way is asked for again.
  Object.assign(known, { pulse, life, world: pulse.world, last: pulse.requests });
  return news;
}
