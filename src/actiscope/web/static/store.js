// @ts-check
/** The one place that holds what the page shows; views draw from it. */

/** @typedef {import("actiscope/types.js").State} State */
/** @typedef {(state: Readonly<State>, changed: Set<keyof State>) => void} Listener */

export class Store {
  /** @param {State} state @param {(state: State) => State} [settle] brings a state to one that makes sense */
  constructor(state, settle = (each) => each) {
    this.settle = settle;
    this.state = settle(state);
    /** @type {Listener[]} */
    this.listeners = [];
  }

  /** Change some of it and tell everybody; nothing happens if nothing differs. @param {Partial<State>} patch */
  set(patch) {
    const next = this.settle({ ...this.state, ...patch });
    const keys = /** @type {(keyof State)[]} */ (Object.keys(next));
    const changed = new Set(keys.filter((key) => next[key] !== this.state[key]));
    if (!changed.size) return;
    this.state = next;
    for (const listener of this.listeners) listener(this.state, changed);
  }

  /**
   * Call a listener when one of some things changes.
   * @param {(keyof State)[]} keys
   * @param {Listener} listener
   */
  on(keys, listener) {
    this.listeners.push((state, changed) => {
      if (keys.some((key) => changed.has(key))) listener(state, changed);
    });
  }
}
