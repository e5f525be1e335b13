// @ts-check
/** Sprites: the values of a layer as they travel, and the difference of two. */

/** @typedef {import("actiscope/types.js").Sprite} Sprite */

const LEVELS = 255;

/** Read a sprite as the server packs it. @param {ArrayBuffer} buffer @returns {Sprite} */
export function readSprite(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const count = header.channels;
  const at = 4 + length;
  /** @param {number} position */
  const floats = (position) => new Float32Array(buffer, at + 4 * count * position, count);
  return {
    header,
    low: floats(0),
    high: floats(1),
    mean: floats(2),
    energy: floats(3),
    peak: new Int32Array(buffer, at + 16 * count, count),
    maps: new Uint8Array(buffer, at + 20 * count),
  };
}

/** How many units a channel has. @param {Sprite} sprite */
export const unitsOf = ({ header }) => header.height * header.width;

/** The value of a unit, to within 1/510 of its channel's range. @param {Sprite} sprite @param {number} channel @param {number} unit */
export function valueAt(sprite, channel, unit) {
  const { low, high, maps } = sprite;
  const level = maps[channel * unitsOf(sprite) + unit];
  return low[channel] + (level / LEVELS) * (high[channel] - low[channel]);
}

/** All values of a channel, as `valueAt` gives them. @param {Sprite} sprite @param {number} channel */
export function channelValues(sprite, channel) {
  return Float32Array.from({ length: unitsOf(sprite) }, (_, unit) => valueAt(sprite, channel, unit));
}

/** Whether a channel is the same everywhere: it answers to nothing in the picture. @param {Sprite} sprite @param {number} channel */
export const isFlat = (sprite, channel) => sprite.low[channel] === sprite.high[channel] && unitsOf(sprite) > 1;

/** What names the sprite of a picture in a view. @param {string} picture @param {{ layer: number, size: string }} view */
export const keyOf = (picture, { layer, size }) => `${picture}/${layer}/${size}`;

/** Whether the sprites that are there are those that the view asks for. @param {import("actiscope/types.js").State} state */
export function isCurrent(state) {
  const { a, b, spriteA, spriteB } = state;
  return spriteA?.key === keyOf(a, state) && spriteB?.key === (b ? keyOf(b, state) : undefined);
}

/** Whether two sprites can be compared unit by unit. @param {Sprite | null} first @param {Sprite | null} second */
export function areAlike(first, second) {
  if (!first || !second) return false;
  const [a, b] = [first.header, second.header];
  return a.layer === b.layer && a.channels === b.channels && a.height === b.height && a.width === b.width;
}

/** Whether two sprites can share a scale: the same layer of both pictures, whatever their size. @param {Sprite | null} first @param {Sprite | null} second */
export const areOfOneLayer = (first, second) =>
  Boolean(first && second && first.header.layer === second.header.layer && first.header.channels === second.header.channels);

/** The unit in which a channel has its peak. @param {Sprite} sprite @param {number} channel */
export const peakOf = ({ peak, header: { width } }, channel) => ({ row: Math.floor(peak[channel] / width), col: peak[channel] % width });

/** The unit that is followed: the one that was chosen, or the one in which the channel has its peak. @param {Sprite} sprite @param {{ channel: number, unit: [number, number] | null }} view */
export function followedOf(sprite, { channel, unit }) {
  const { height, width } = sprite.header;
  return unit && unit[0] < height && unit[1] < width ? { row: unit[0], col: unit[1] } : peakOf(sprite, channel);
}

/** @type {WeakMap<Sprite, WeakMap<Sprite, Sprite>>} */
const differences = new WeakMap();

/** The second less the first, as a sprite of its own, worked out once; its peaks are where most changed, up or down. @param {Sprite} first @param {Sprite} second @returns {Sprite} */
export function difference(first, second) {
  const known = differences.get(first) ?? new WeakMap();
  differences.set(first, known);
  const found = known.get(second) ?? subtract(first, second);
  known.set(second, found);
  return found;
}

/** @param {Sprite} first @param {Sprite} second @returns {Sprite} */
function subtract(first, second) {
  const units = unitsOf(first);
  const count = first.header.channels;
  const [low, high, mean, energy] = [0, 1, 2, 3].map(() => new Float32Array(count));
  const peak = new Int32Array(count);
  const maps = new Uint8Array(count * units);
  const change = new Float32Array(units);
  for (let channel = 0; channel < count; channel += 1) {
    const base = channel * units;
    const stepA = (first.high[channel] - first.low[channel]) / LEVELS;
    const stepB = (second.high[channel] - second.low[channel]) / LEVELS;
    const offset = second.low[channel] - first.low[channel];
    let [lowest, highest, sum, squares, most] = [Infinity, -Infinity, 0, 0, -1];
    for (let unit = 0; unit < units; unit += 1) {
      const value = offset + stepB * second.maps[base + unit] - stepA * first.maps[base + unit];
      change[unit] = value;
      if (value < lowest) lowest = value;
      if (value > highest) highest = value;
      if (Math.abs(value) > most) [most, peak[channel]] = [Math.abs(value), unit];
      sum += value;
      squares += value * value;
    }
    const scale = highest > lowest ? LEVELS / (highest - lowest) : 0;
    for (let unit = 0; unit < units; unit += 1) maps[base + unit] = (change[unit] - lowest) * scale + 0.5;
    [low[channel], high[channel], mean[channel], energy[channel]] = [lowest, highest, sum / units, squares];
  }
  const min = low.reduce((a, b) => Math.min(a, b), Infinity);
  const max = high.reduce((a, b) => Math.max(a, b), -Infinity);
  return { header: { ...first.header, min, max, p1: min, p99: max }, low, high, mean, energy, peak, maps };
}
