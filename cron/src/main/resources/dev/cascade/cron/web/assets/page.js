// Renews what is shown every five seconds. A part that someone types in, or has opened, is left alone.
"use strict";

const PERIOD = 5000;

// While a form is on its way nothing is renewed: what was done is told to whoever asks next.
let isLeaving = false;
addEventListener("submit", () => { isLeaving = true; });
addEventListener("pageshow", () => { isLeaving = false; });

function isInUse(part) {
  return part.contains(document.activeElement) && document.activeElement !== document.body
    || part.querySelector("details[open]") !== null
    || [...part.querySelectorAll("input:not([type=hidden])")].some(field => field.value !== field.defaultValue);
}

// The text without what is another one in each answer.
function shownBy(part) {
  const copy = part.cloneNode(true);
  copy.querySelectorAll("input[name=_csrf]").forEach(field => field.remove());
  return copy.innerHTML;
}

function replace(part, next) {
  if (next === null) {
    part.remove();
  } else if (shownBy(part) !== shownBy(next)) {
    part.replaceChildren(...next.childNodes);
  }
}

async function renew() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
  if (!answer.ok) {
    throw new Error(`HTTP ${answer.status}`);
  }
  if (answer.redirected) {
    throw new Error("signed out");
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const shown = new Map([...document.querySelectorAll("[data-live]")].map(part => [part.dataset.live, part]));
  let before = null;
  for (const next of page.querySelectorAll("#main [data-live]")) {
    const part = shown.get(next.dataset.live);
    if (part === undefined) {
      if (before !== null) {
        before.after(next);
        before = next;
      }
    } else {
      shown.delete(next.dataset.live);
      if (!isInUse(part)) {
        replace(part, next);
      }
      before = document.querySelector(`[data-live="${CSS.escape(next.dataset.live)}"]`);
    }
  }
  for (const gone of shown.values()) {
    if (!isInUse(gone)) {
      replace(gone, null);
    }
  }
}

function tellWhetherReached(isReached) {
  document.documentElement.classList.toggle("unreached", !isReached);
}

async function go() {
  if (!document.hidden && !isLeaving && document.querySelector("[data-live]") !== null) {
    try {
      await renew();
      tellWhetherReached(true);
    } catch {
      tellWhetherReached(false);
    }
  }
  setTimeout(go, PERIOD);
}

setTimeout(go, PERIOD);
