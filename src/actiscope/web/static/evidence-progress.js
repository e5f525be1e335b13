// @ts-check
/** How far long work is, and how long it will still take. */

import { t } from "actiscope/texts.js";

/** @typedef {import("actiscope/types.js").Step} Step */
/** @typedef {import("actiscope/types.js").Covered} Covered */

/** Milliseconds of work that tell how long all of it takes. */
const MEASURED = 1000;
/** Seconds that are long enough to be told of what is quicker. */
const LONG = 15;

/** A way to say of each step how many seconds are left, as fast as it went since the first. @returns {(covered: Covered) => Covered} */
export function withTimeLeft() {
  /** @type {{ at: number, done: number } | null} */
  let first = null;
  return (covered) => {
    const { done = 0, total = 0 } = covered;
    if (!total) return covered;
    const now = performance.now();
    first ??= { at: now, done };
    const left = ((now - first.at) / (done - first.done)) * (total - done);
    return { ...covered, left: now - first.at > MEASURED ? left / 1000 : null };
  };
}

/** How far a map is, and what would be quicker. @param {Covered} covered @param {Step} step */
export function howFar({ done, total, left, waiting }, step) {
  if (waiting) return t("drives.waiting");
  if (!total) return "";
  const time = left && (left < 60 ? t("seconds", { count: Math.ceil(left) }) : t("minutes", { count: Math.ceil(left / 60) }));
  const hint = left && left > LONG && step === "fine" ? ` ${t("step.hint")}` : "";
  return t("drives.progress", { done, total, left: time ? t("drives.left", { left: time }) : "" }) + hint;
}
