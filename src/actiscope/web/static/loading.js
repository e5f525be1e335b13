// @ts-check
/** Loads what the view needs; what is no longer looked at is dropped. */

/** @typedef {import("actiscope/types.js").Source} Source */
/** @typedef {import("actiscope/types.js").State} State */
/** @typedef {import("actiscope/types.js").Sprite} Sprite */
/** @typedef {import("actiscope/store.js").Store} Store */

const KEPT_BYTES = 128 * 2 ** 20;

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

/** Keep the data of the store those of its view. @param {Store} store @param {Source} source */
export function keepLoaded(store, source) {
  const recent = new Recent();
  /** @type {Map<string, AbortController>} */
  const running = new Map();

  /**
   * Do one kind of work; a newer one of its kind stops it.
   * @param {string} kind
   * @param {(signal: AbortSignal) => Promise<Partial<State>>} work
   */
  async function latest(kind, work) {
    running.get(kind)?.abort();
    const control = new AbortController();
    running.set(kind, control);
    store.set({ busy: store.state.busy + 1 });
    try {
      const patch = await work(control.signal);
      if (!control.signal.aborted) store.set({ problem: "", ...patch });
    } catch (error) {
      if (!control.signal.aborted) store.set({ problem: error instanceof Error ? error.message : String(error) });
    } finally {
      store.set({ busy: store.state.busy - 1 });
    }
  }

  /** @param {string} picture @param {State} state @param {AbortSignal} signal */
  const sprite = (picture, { layer, size }, signal) =>
    recent.get(`${picture}/${layer}/${size}`, () => source.layer(picture, layer, size, signal));

  const layers = () => {
    const { state } = store;
    return latest("layer", async (signal) => {
      const [spriteA, spriteB] = await Promise.all([
        sprite(state.a, state, signal),
        state.b ? sprite(state.b, state, signal) : null,
      ]);
      const most = spriteA.header.channels - 1;
      return { spriteA, spriteB, ...(store.state.channel > most ? { channel: most } : {}) };
    });
  };
  const channels = () => {
    const { a, b, layer, channel, size } = store.state;
    return latest("channel", async (signal) => {
      const [exactA, exactB] = await Promise.all([
        source.channel(a, layer, channel, size, signal),
        b ? source.channel(b, layer, channel, size, signal) : null,
      ]);
      return { exactA, exactB };
    });
  };
  const whole = () => {
    const { a, b, size } = store.state;
    return latest("whole", async (signal) => {
      const [classesA, classesB] = await Promise.all([
        source.classes(a, size, signal),
        b ? source.classes(b, size, signal) : [],
      ]);
      return { classesA, classesB };
    }).then(() => store.state.live ? undefined : latest("thumbnails", async (signal) => ({
      thumbnails: await source.thumbnails(b || a, size, signal),
    })));
  };

  store.on(["a", "b", "layer", "size"], (_, changed) => {
    store.set({ exactA: null, exactB: null, hover: null });
    if (changed.has("a") || changed.has("b") || changed.has("size")) void whole();
    void layers();
  });
  store.on(["channel", "spriteA", "spriteB"], (state) => {
    store.set({ exactA: null, exactB: null });
    if (state.spriteA && state.channel < state.spriteA.header.channels) void channels();
  });
  return { everything: () => Promise.all([layers(), whole()]) };
}
