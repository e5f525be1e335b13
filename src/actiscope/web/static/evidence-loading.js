// @ts-check
/** Work that a newer piece of its kind replaces. */

import { messageOf } from "actiscope/errors.js";

/** @typedef {import("actiscope/store.js").Store} Store */

/** A way to do one piece of work at a time. @param {Store} store is told what goes wrong */
export function oneAtATime(store) {
  /** @type {AbortController | null} */
  let running = null;

  function stop() {
    running?.abort();
    running = null;
  }

  /**
   * Stop what is under way, and do something else after a while.
   * @param {number} milliseconds
   * @param {(signal: AbortSignal) => Promise<void>} work
   */
  async function run(milliseconds, work) {
    stop();
    const control = (running = new AbortController());
    try {
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      if (!control.signal.aborted) await work(control.signal);
    } catch (error) {
      if (!control.signal.aborted) store.set({ problem: messageOf(error) });
    }
  }
  return { run, stop };
}
