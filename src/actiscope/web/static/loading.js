// @ts-check
/** Loads what the view needs; what is no longer looked at is dropped. */

import { UnreachableError, messageOf } from "actiscope/errors.js";
import { fitted } from "actiscope/settling.js";
import { isCurrent, keyOf } from "actiscope/sprite.js";

/** @typedef {import("actiscope/types.js").Source} Source */
/** @typedef {import("actiscope/types.js").State} State */
/** @typedef {import("actiscope/types.js").Sprite} Sprite */
/** @typedef {import("actiscope/store.js").Store} Store */

const KEPT_BYTES = 128 * 2 ** 20;
const RETRY_AFTER = 1500;
/** Milliseconds between the classes of one camera frame and another: they take all of the network. */
const LIVE_PAUSE = 400;

/** @param {number} milliseconds @returns {Promise<void>} */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Sprites that were seen lately, under a budget. */
class Recent {
  constructor() {
    /** @type {Map<string, Sprite>} */
    this.kept = new Map();
    this.bytes = 0;
  }

  /** @param {string} key @param {() => Promise<Sprite>} load */
  async get(key, load) {
    const sprite = this.kept.get(key) ?? (await load());
    this.bytes += this.kept.delete(key) ? 0 : sprite.maps.byteLength;
    this.kept.set(key, sprite);
    for (const [oldest, old] of this.kept) {
      if (this.bytes <= KEPT_BYTES || oldest === key) break;
      this.kept.delete(oldest);
      this.bytes -= old.maps.byteLength;
    }
    return sprite;
  }
}

/** @typedef {(picture: string, view: { layer: number, size: string }, signal?: AbortSignal) => Promise<Sprite>} Sprites */

/** A way to sprites that remembers those that were seen lately. @param {Source} source @returns {Sprites} */
export function rememberSprites(source) {
  const recent = new Recent();
  return (picture, view, signal) => {
    const key = keyOf(picture, view);
    return recent.get(key, async () => ({ ...(await source.layer(picture, view.layer, view.size, signal)), key }));
  };
}

/** Resolves when what has been drawn is on the screen. @returns {Promise<void>} */
const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

/**
 * Keep the data of the store those of its view: the grid first, what else there is to say of the pictures after it.
 * @param {Store} store
 * @param {Source} source
 * @param {Sprites} sprites
 */
export function keepLoaded(store, source, sprites) {
  /** @type {Map<string, AbortController>} */
  const running = new Map();
  /** What went wrong, by kind of work. @type {Map<string, string>} */
  const troubles = new Map();
  let retrying = 0;

  /**
   * Do one kind of work; a newer one of its kind stops it.
   * @param {string} kind
   * @param {(signal: AbortSignal) => Promise<Partial<State>>} work
   * @param {Partial<State>} without what is known if it fails
   * @returns {Promise<boolean>} whether it came to its end
   */
  async function latest(kind, work, without) {
    running.get(kind)?.abort();
    const control = new AbortController();
    running.set(kind, control);
    store.set({ busy: store.state.busy + 1 });
    try {
      const patch = await work(control.signal);
      if (control.signal.aborted) return false;
      const told = troubles.get(kind) === store.state.problem;
      troubles.delete(kind);
      store.set({ ...(told ? { problem: "" } : {}), ...patch });
    } catch (error) {
      if (control.signal.aborted) return false;
      troubles.set(kind, messageOf(error));
      store.set({ ...without, problem: messageOf(error) });
      if (error instanceof UnreachableError) retry();
    } finally {
      store.set({ busy: store.state.busy - 1 });
    }
    return true;
  }

  function retry() {
    clearTimeout(retrying);
    retrying = setTimeout(() => {
      due = true;
      void refresh();
      if (isCurrent(store.state)) void channels();
    }, RETRY_AFTER);
  }

  const layers = () => {
    const { state } = store;
    return latest("layer", async (signal) => {
      const [spriteA, spriteB] = await Promise.all([
        sprites(state.a, state, signal),
        state.b ? sprites(state.b, state, signal) : null,
      ]);
      return { spriteA, spriteB, ...fitted(store.state, spriteA.header) };
    }, { spriteA: null, spriteB: null });
  };
  const channels = () => {
    const { a, b, layer, channel, size } = store.state;
    return latest("channel", async (signal) => {
      const [exactA, exactB] = await Promise.all([
        source.channel(a, layer, channel, size, signal),
        b ? source.channel(b, layer, channel, size, signal) : null,
      ]);
      return { exactA, exactB };
    }, {});
  };
  const classes = () => {
    const { a, b, size } = store.state;
    return latest("classes", async (signal) => {
      const [classesA, classesB] = await Promise.all([
        source.classes(a, size, signal),
        b ? source.classes(b, size, signal) : [],
      ]);
      return { classesA, classesB };
    }, { classesA: [], classesB: [] });
  };
  const thumbnails = () => {
    const { a, b, size } = store.state;
    return latest("thumbnails", async (signal) => ({ thumbnails: await source.thumbnails(b || a, size, signal) }), { thumbnails: null });
  };

  /** Whether the rest has to be loaded too, and whether that is under way. */
  let [due, resting] = [true, false];
  async function rest() {
    due = false;
    resting = true;
    await painted();
    const isDone = await classes();
    if (store.state.live) await pause(LIVE_PAUSE);
    else if (isDone) await thumbnails();
    resting = false;
  }
  async function refresh() {
    const isDone = await layers();
    if (isDone && due && !(resting && store.state.live)) await rest();
  }

  store.on(["a", "b", "layer", "size"], ({ live }, changed) => {
    if (changed.has("a") || changed.has("b") || changed.has("size")) {
      due = true;
      if (!live) for (const kind of ["classes", "thumbnails"]) running.get(kind)?.abort();
    }
    const unknown = live || !due ? {} : { classesA: [], classesB: [] };
    store.set({ exactA: null, exactB: null, hover: null, problem: "", ...unknown });
    void refresh();
  });
  store.on(["live"], ({ live }) => {
    due ||= !live;
    if (live) {
      running.get("thumbnails")?.abort();
      store.set({ thumbnails: null });
      return;
    }
    void refresh();
    if (isCurrent(store.state)) void channels();
  });
  store.on(["channel", "spriteA", "spriteB"], (state) => {
    store.set({ exactA: null, exactB: null });
    if (isCurrent(state) && !state.live && state.spriteA && state.channel < state.spriteA.header.channels) void channels();
  });
  return { everything: refresh };
}
