// Times and numbers as a person reads them.

/** 2026-06-15 10:00:00, of the way the API writes it. */
export const plain = (time) => time.replace("T", " ").replace("Z", "");

/** How far away a moment is, in its two largest units. */
export function distance(seconds) {
  const whole = Math.max(Math.round(seconds), 0);
  const parts = [
    [Math.floor(whole / 86400), "d"],
    [Math.floor(whole / 3600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "min"],
    [whole % 60, "s"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return "now";
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

/** How fast the emulator's clock goes. */
export function pace(rate) {
  if (rate === 0) return "stands still";
  return rate === 1 ? "" : `${rate} times as fast`;
}

/** An amount of money, with the places that prices have. */
export const money = (amount) => amount.toFixed(4);

/** A count with its noun. */
export const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;
