// @ts-check
/** From values to colours, and the order of channels. Nothing here asks the server. */

import { areaOf, selectivityOf } from "actiscope/evidence-ranks.js";
import { areAlike, areOfOneLayer, difference } from "actiscope/sprite.js";

/** @typedef {import("actiscope/types.js").Sprite} Sprite */
/** @typedef {import("actiscope/types.js").State} State */
/** @typedef {{ sprite: Sprite, limits: (channel: number) => [number, number], colours: Uint32Array }} Shown */

/** @type {Map<string, Uint32Array>} */
const tables = new Map();

/** Take the colour maps that the server knows. @param {Record<string, string>} colormaps */
export function learnColormaps(colormaps) {
  for (const [name, text] of Object.entries(colormaps)) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    tables.set(name, Uint32Array.from({ length: 256 }, (_, level) =>
      (255 << 24) | (bytes[3 * level + 2] << 16) | (bytes[3 * level + 1] << 8) | bytes[3 * level]));
  }
}

/** The 256 colours of a map, as the canvas takes them. @param {string} name @returns {Uint32Array} */
export const coloursOf = (name) => tables.get(name) ?? new Uint32Array(256);

/** What the grid shows: picture A, picture B, or what changed. @param {State} state @returns {Shown | null} */
export function shownOf(state) {
  const { spriteA: a, spriteB: b, scale } = state;
  const sprite = chosenSprite(state);
  if (!sprite) return null;
  const together = areOfOneLayer(a, b) && state.show !== "change" ? /** @type {Sprite[]} */ ([a, b]) : [sprite];
  const signed = isSigned(state);
  const colours = coloursOf(mapOf(state));
  if (signed && scale !== "channel") {
    const most = Math.max(...together.flatMap(({ header }) => [Math.abs(header.min), Math.abs(header.max)]));
    return { sprite, colours, limits: () => [-most, most] };
  }
  if (scale === "channel") {
    return { sprite, colours, limits: (channel) => {
      const low = Math.min(...together.map((each) => each.low[channel]));
      const high = Math.max(...together.map((each) => each.high[channel]));
      const most = Math.max(Math.abs(low), Math.abs(high));
      return signed ? [-most, most] : [low, high];
    } };
  }
  /** @type {[number, number]} */
  let limits = [state.lo, state.hi];
  if (scale === "percentile") limits = spanOf(together.flatMap(({ header }) => [header.p1, header.p99]));
  else if (scale !== "fixed") limits = spanOf(together.flatMap(({ header }) => [header.min, header.max]));
  return { sprite, colours, limits: () => limits };
}

/** @param {State} state @returns {Sprite | null} */
export function chosenSprite({ spriteA, spriteB, show }) {
  if (show === "b" && spriteB) return spriteB;
  if (show === "change" && areAlike(spriteA, spriteB)) {
    return difference(/** @type {Sprite} */ (spriteA), /** @type {Sprite} */ (spriteB));
  }
  return spriteA;
}

/** Whether zero is in the middle of the colours. @param {State} state */
const isSigned = ({ show, scale }) => show === "change" || scale === "signed";

/** The colour maps that fit the scale. @param {State} state */
export const mapsOf = (state) => (isSigned(state) ? ["signed", "coolwarm"] : [...tables.keys()]);

/** The colour map that is used: the one that was chosen, if it fits. @param {State} state */
export const mapOf = (state) => (mapsOf(state).includes(state.map) ? state.map : "signed");

/** The scale that is used: a difference has two only. @param {State} state */
export const scaleOf = ({ show, scale }) => (show === "change" && scale !== "channel" ? "layer" : scale);

/** @param {number[]} values @returns {[number, number]} */
const spanOf = (values) => [Math.min(...values), Math.max(...values)];

/** What lies over a picture: as the grid shows it, but colourful, and the nearer to zero the more transparent. @param {State} state @returns {Shown | null} */
export function overlayOf(state) {
  const shown = shownOf({ ...state, map: state.map === "gray" ? "magma" : state.map });
  if (!shown) return null;
  const [lo, hi] = shown.limits(state.channel);
  const zero = Math.min(Math.max(lo, 0), hi);
  const most = Math.max(hi - zero, zero - lo) || 1;
  const colours = shown.colours.map((colour, level) => {
    const strength = Math.abs(lo + (level / 255) * (hi - lo) - zero) / most;
    return ((colour & 0xffffff) | (Math.round(255 * strength) << 24)) >>> 0;
  });
  return { ...shown, colours };
}

/** The colour of each of a channel's 256 levels. @param {Shown} shown @param {number} channel */
export function levelsOf({ sprite, limits, colours }, channel) {
  const [lo, hi] = limits(channel);
  const [low, high] = [sprite.low[channel], sprite.high[channel]];
  const first = hi > lo ? ((low - lo) / (hi - lo)) * 255 : 0;
  const step = hi > lo ? (high - low) / (hi - lo) : 0;
  const levels = new Uint32Array(256);
  for (let level = 0; level < 256; level += 1) {
    const at = Math.round(first + step * level);
    levels[level] = colours[at < 0 ? 0 : at > 255 ? 255 : at];
  }
  return levels;
}

/** Channels in the order that was asked for; of equals, the lower first. @param {State} state @returns {number[]} */
export function orderOf(state) {
  const sprite = chosenSprite(state);
  if (!sprite) return [];
  const channels = Array.from({ length: sprite.header.channels }, (_, channel) => channel);
  const measure = measureOf(state, sprite);
  return measure ? channels.sort((a, b) => measure(b) - measure(a) || a - b) : channels;
}

/** How much a channel changed most, from A to B. @param {Sprite} change */
export const changeOf = (change) => (/** @type {number} */ channel) =>
  Math.max(Math.abs(change.low[channel]), Math.abs(change.high[channel]));

/** Whether it is known in how many pictures of a collection the channels of the layer are active. @param {State} state */
export const hasShares = ({ shares, layer }) => shares?.layer === layer;

/** @param {State} state @param {Sprite} sprite @returns {((channel: number) => number) | null} */
function measureOf(state, sprite) {
  const { sort, spriteA, spriteB, shares } = state;
  if (sort === "active" && hasShares(state)) return (channel) => shares?.active[channel] ?? 0;
  if (sort === "strongest") return (channel) => sprite.high[channel];
  if (sort === "mean") return (channel) => sprite.mean[channel];
  if (sort === "energy") return (channel) => sprite.energy[channel];
  if (sort === "change" && areAlike(spriteA, spriteB)) {
    return changeOf(difference(/** @type {Sprite} */ (spriteA), /** @type {Sprite} */ (spriteB)));
  }
  if (sort === "auc") return areaOf(state);
  if (sort === "selective") return selectivityOf(state);
  return null;
}
