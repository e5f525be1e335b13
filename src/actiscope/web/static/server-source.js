// @ts-check
/** Data from the server that sent the page. */

import { ServerError, UnreachableError } from "actiscope/errors.js";
import { readSprite } from "actiscope/sprite.js";
import { t } from "actiscope/texts.js";

/** @typedef {import("actiscope/types.js").Source} Source */

const BUSY = 503;
const PATIENCE = 5;
const FRAMES = 4;

/** Ask the server; if it is busy, ask again in a second. @param {string} path @param {RequestInit} [options] */
async function ask(path, options) {
  let answer = await reach(path, options);
  for (let tries = 1; answer.status === BUSY && tries < PATIENCE; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    answer = await reach(path, options);
  }
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => null);
  throw new ServerError(told?.error?.message ?? `${answer.status} ${answer.statusText}`);
}

/** @param {string} path @param {RequestInit} [options] */
async function reach(path, options) {
  try {
    return await fetch(`/api${path}`, options);
  } catch (error) {
    if (options?.signal?.aborted) throw error;
    throw new UnreachableError(t("unreachable"));
  }
}

/** @param {string} path @param {AbortSignal} [signal] */
const askJson = async (path, signal) => (await ask(path, { signal })).json();
/** @param {string} path @param {AbortSignal} [signal] */
const askBytes = async (path, signal) => (await ask(path, { signal })).arrayBuffer();
/** @param {string} picture @param {string} [size] */
const of = (picture, size) => `/pictures/${picture}${size ? "/" : ""}${size ?? ""}`;
/** @param {string} size */
const sized = (size) => `?size=${encodeURIComponent(size)}`;

/** Read lines of JSON as they come: all but the last say how far it is, or that it waits for its turn. @param {Response} answer @param {(covered: import("actiscope/types.js").Covered) => void} tell */
async function lastLine(answer, tell) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (answer.body).getReader();
  const decoder = new TextDecoder();
  let [text, last] = ["", /** @type {any} */ (null)];
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (text + decoder.decode(part.value, { stream: true })).split("\n");
    text = lines.pop() ?? "";
    if (lines.length) last = JSON.parse(/** @type {string} */ (lines.at(-1)));
    if (last?.total ?? last?.waiting) tell(last);
  }
  if (last?.error) throw new ServerError(last.error.message);
  if (!last?.drops) throw new UnreachableError(t("unreachable"));
  return last;
}

/** Camera frames that were sent lately need not be fetched to be seen. */
class Frames {
  constructor() {
    /** @type {Map<string, string>} */
    this.urls = new Map();
  }

  /** @param {string} id @param {Blob} blob */
  keep(id, blob) {
    this.urls.set(id, this.urls.get(id) ?? URL.createObjectURL(blob));
    for (const [oldest, url] of this.urls) {
      if (this.urls.size <= FRAMES) break;
      URL.revokeObjectURL(url);
      this.urls.delete(oldest);
    }
  }
}

/** @returns {Source} */
export function serverSource() {
  const frames = new Frames();
  return {
    network: () => askJson("/network"),
    pictures: () => askJson("/pictures"),
    pictureUrl: (picture, longest) => frames.urls.get(picture) ?? `/api${of(picture)}${longest ? `?thumb=${longest}` : ""}`,
    layer: async (picture, layer, size, signal) =>
      readSprite(await askBytes(of(picture, `layers/${layer}${sized(size)}`), signal)),
    channel: async (picture, layer, channel, size, signal) =>
      new Float32Array(await askBytes(of(picture, `layers/${layer}/channels/${channel}${sized(size)}`), signal)),
    thumbnails: async (picture, size, signal) =>
      readSprite(await askBytes(of(picture, `thumbnails${sized(size)}`), signal)),
    classes: (picture, size, signal) => askJson(of(picture, `classes${sized(size)}`), signal),
    add: async (blob, name, frame = false) => {
      const added = await (await ask(`/pictures?name=${encodeURIComponent(name)}${frame ? "&frame=1" : ""}`, { method: "POST", body: blob })).json();
      if (frame) frames.keep(added.id, blob);
      return added;
    },
    edit: async (picture, strokes) =>
      (await ask(of(picture, "edits"), {
        method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ strokes }),
      })).json(),
    exhibits: () => askJson("/evidence"),
    drives: async (picture, { layer, channel, size, unit, fill, step }, signal, tell) => {
      const path = of(picture, `layers/${layer}/channels/${channel}/drives${sized(size)}&fill=${fill}&step=${step}${unit ? `&unit=${unit}` : ""}`);
      return lastLine(await ask(path, { signal }), tell);
    },
    sum: (picture, { layer, channel, size, unit }, signal) =>
      askJson(of(picture, `layers/${layer}/channels/${channel}/sum${sized(size)}${unit ? `&unit=${unit}` : ""}`), signal),
    changes: async (asked, signal) =>
      (await ask("/changes", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(asked), signal })).json(),
    valuesUrl: (picture, layer, size) => `/api${of(picture, `layers/${layer}/values${sized(size)}`)}`,
    report: async (pictures, size, address, seen) =>
      (await ask("/report", {
        method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ pictures, size, view: { address }, seen }),
      })).blob(),
    cards: {
      layer: (layer) => askJson(`/index/layers/${layer}`),
      card: (layer, channel, signal) => askJson(`/index/layers/${layer}/channels/${channel}`, signal),
      pictureUrl: (image) => `/api/index/pictures/${image}`,
      open: async (image) => (await ask(`/index/pictures/${image}`, { method: "POST" })).json(),
    },
    layers: null,
    address: "",
  };
}
