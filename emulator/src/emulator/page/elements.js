// Elements of text, and a way to show what has changed without touching what has not.

const NOTHING = new Set([null, undefined, false, ""]);

/** Makes an element; children that are no elements become text, never markup. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => !NOTHING.has(child)));
  return element;
}

const opened = new Map();
let changed = () => {};

/** Whether the reader has opened the part with this key, or left it as it was made. */
export const isOpen = (key, byDefault = false) => opened.get(key) ?? byDefault;

/** A part that can be opened; its content is made only while it is open. */
export function disclosure(key, attributes, summary, content, byDefault = false) {
  const open = isOpen(key, byDefault);
  opened.set(key, open);
  const parts = [h("summary", {}, summary), open ? content() : []];
  return h("details", { ...attributes, "data-key": key, open }, parts);
}

/** A button that opens the row after its own. */
export function opener(key, text) {
  const state = { "data-opens": key, "aria-expanded": String(isOpen(key)) };
  return h("button", { type: "button", class: "opener", ...state }, text);
}

/** Calls back whenever the reader has opened or closed something. */
export function onOpening(callback) {
  changed = callback;
  document.addEventListener("toggle", ({ target }) => note(target.dataset.key, target.open), true);
  document.addEventListener("click", ({ target }) => {
    const key = target.closest("[data-opens]")?.dataset.opens;
    if (key) note(key, !isOpen(key));
  });
}

function note(key, open) {
  if (!key || opened.get(key) === open) return;
  opened.set(key, open);
  changed();
}

/** Makes the children of an element what they should be, and leaves alone those that are so already. */
export function show(element, ...children) {
  const focused = document.activeElement;
  morphChildren(element, h("div", {}, ...children));
  // A row that had to move to another place has lost the focus on its way.
  if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
}

const keyOf = (node) => node.dataset?.key;

function morphChildren(old, wanted) {
  const names = new Set([...wanted.children].map(keyOf));
  const kept = new Map();
  for (const child of [...old.children]) {
    if (!keyOf(child)) continue;
    if (names.has(keyOf(child))) kept.set(keyOf(child), child);
    else child.remove();
  }
  let at = old.firstChild;
  for (const next of [...wanted.childNodes]) {
    const match = keyOf(next) ? kept.get(keyOf(next)) : at && isLike(at, next) ? at : null;
    if (!match) old.insertBefore(next, at);
    else if (match === at) at = at.nextSibling;
    else old.insertBefore(match, at);
    if (match) morph(match, next);
  }
  while (at) {
    const rest = at.nextSibling;
    at.remove();
    at = rest;
  }
}

const isLike = (one, other) => one.nodeName === other.nodeName && !keyOf(one) && !keyOf(other);

function morph(old, wanted) {
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== wanted.data) old.data = wanted.data;
    return;
  }
  for (const { name, value } of [...wanted.attributes]) {
    // Whether a part is open is the reader's to say, once it is there.
    if (name !== "open" && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (name !== "open" && !wanted.hasAttribute(name)) old.removeAttribute(name);
  }
  morphChildren(old, wanted);
}
