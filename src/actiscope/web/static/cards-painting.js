// @ts-check
/** Cards of channels on canvases: patches, the values over them, histograms. */

import { contextOf, sizedContext, styleColour } from "actiscope/dom.js";

/** @typedef {[number, number, number, number]} Edges top, left, bottom and right, in pixels of the picture */

/**
 * A unit that answered strongly, and what is shown of it; without its picture only the first six.
 * @typedef {object} Patch
 * @property {number} value
 * @property {string} image id of its picture
 * @property {string} name of the picture
 * @property {number} row
 * @property {number} col
 * @property {string | null} trouble why there is no picture
 * @property {[number, number]} size height and width of the picture
 * @property {Edges} field what the unit sees
 * @property {Edges} part what is shown
 * @property {Edges} place where the levels lie
 * @property {[number, number] | null} shape rows and columns of the levels
 * @property {string | null} levels base64: 0 for zero and less, 255 for the channel's highest value
 */

/**
 * What a channel answered to over a collection.
 * @typedef {object} Card
 * @property {number} channel
 * @property {number} images
 * @property {number} units
 * @property {number} active share of the pictures in which it lies above zero
 * @property {number} above share of the values that do
 * @property {boolean} dead
 * @property {boolean} always_on
 * @property {number} mean
 * @property {number} deviation
 * @property {number} low
 * @property {number} high
 * @property {[number, number][]} quantiles share and value
 * @property {number[]} bars heights, 0-1
 * @property {Patch[]} patches
 */

/** @typedef {"whole" | "plain" | "over"} Kind the whole picture, the patch, the patch with the values over it */
/** @typedef {(image: string) => Promise<HTMLImageElement>} Pictures */

const GAP = 4;
const OPACITY = 0.8;
const MOST_PICTURES = 240;
/** A field that is less of its picture is outlined on all of it. */
const SMALL = 0.6;

/** Pictures by id, of which those that were shown lately are kept. @param {(image: string) => string} urlOf @returns {Pictures} */
export function keepPictures(urlOf) {
  /** @type {Map<string, Promise<HTMLImageElement>>} */
  const kept = new Map();
  return (id) => {
    const found = kept.get(id) ?? loadPicture(urlOf(id));
    kept.delete(id);
    kept.set(id, found);
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_PICTURES) break;
      kept.delete(oldest);
    }
    found.catch(() => kept.delete(id));
    return found;
  };
}

/** @param {string} url */
async function loadPicture(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}

/** The colours of 256 levels, the lower the more transparent. @param {string} map base64 of 256 RGB triples */
export function coloursOver(map) {
  const bytes = Uint8Array.from(atob(map), (letter) => letter.charCodeAt(0));
  return Uint32Array.from({ length: 256 }, (_, level) =>
    ((Math.round(OPACITY * level) << 24) | (bytes[3 * level + 2] << 16) | (bytes[3 * level + 1] << 8) | bytes[3 * level]) >>> 0);
}

/** Whether units of a card see so little that the whole picture is worth a look. @param {Card} card */
export function hasSmallFields(card) {
  return card.patches.some(({ trouble, field, size }) =>
    !trouble && (field[2] - field[0]) * (field[3] - field[1]) < SMALL * size[0] * size[1]);
}

/**
 * Paint patches side by side, the kinds of each below each other.
 * @param {HTMLCanvasElement} canvas
 * @param {Patch[]} patches
 * @param {{ across: number, side: number, kinds: Kind[], colours: Uint32Array, pictures: Pictures }} how
 * @returns {Promise<void>} when it is painted; what was asked for later is painted instead
 */
export async function paintPatches(canvas, patches, { across, side, kinds, colours, pictures }) {
  const asked = patches.map(({ image, row, col }) => `${image} ${row} ${col}`).join();
  canvas.dataset.asked = asked;
  const images = await Promise.all(patches.map((patch) => (patch.trouble ? null : pictures(patch.image).catch(() => null))));
  if (canvas.dataset.asked !== asked) return;
  const step = side + GAP;
  const rise = kinds.length * step + GAP;
  const context = sizedContext(canvas, across * step - GAP, Math.max(1, Math.ceil(patches.length / across)) * rise - 2 * GAP);
  patches.forEach((patch, place) => {
    const image = images[place];
    const [x, y] = [(place % across) * step, Math.floor(place / across) * rise];
    kinds.forEach((kind, row) => paintCell(context, image, patch, kind, [x, y + row * step, side], colours));
  });
  canvas.dataset.painted = asked;
}

/** @param {CanvasRenderingContext2D} context @param {HTMLImageElement | null} image @param {Patch} patch @param {Kind} kind @param {[number, number, number]} cell left, top and side @param {Uint32Array} colours */
function paintCell(context, image, patch, kind, [x, y, side], colours) {
  context.fillStyle = styleColour("--line");
  if (!image) {
    context.globalAlpha = 0.5;
    context.fillRect(x, y, side, side);
    context.globalAlpha = 1;
    return;
  }
  const [height, width] = patch.size;
  const [top, left, bottom, right] = kind === "whole" ? [0, 0, height, width] : patch.part;
  const scale = side / Math.max(bottom - top, right - left);
  const [wide, tall] = [(right - left) * scale, (bottom - top) * scale];
  context.save();
  context.translate(x + (side - wide) / 2, y + (side - tall) / 2);
  context.beginPath();
  context.rect(0, 0, wide, tall);
  context.clip();
  context.imageSmoothingQuality = "high";
  const shrunk = image.naturalWidth / width;
  context.drawImage(image, left * shrunk, top * shrunk, (right - left) * shrunk, (bottom - top) * shrunk, 0, 0, wide, tall);
  if (kind === "over") {
    context.globalCompositeOperation = "saturation";
    context.fillStyle = "#808080";
    context.fillRect(0, 0, wide, tall);
    context.globalCompositeOperation = "source-over";
    const [from, to] = [patch.place.slice(0, 2), patch.place.slice(2)];
    const values = levelsOf(patch, colours);
    if (values) context.drawImage(values, (from[1] - left) * scale, (from[0] - top) * scale, (to[1] - from[1]) * scale, (to[0] - from[0]) * scale);
  }
  outline(context, patch.field, { top, left, scale, wide, tall });
  context.restore();
}

/** Outline a field, unless it is all that is shown. @param {CanvasRenderingContext2D} context @param {Edges} field @param {{ top: number, left: number, scale: number, wide: number, tall: number }} shown */
function outline(context, [top, left, bottom, right], shown) {
  const [wide, tall] = [(right - left) * shown.scale, (bottom - top) * shown.scale];
  if (wide > shown.wide - 3 && tall > shown.tall - 3) return;
  for (const [width, colour] of /** @type {[number, string][]} */ ([[3, "rgba(0, 0, 0, .6)"], [1.2, "#fff"]])) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.strokeRect((left - shown.left) * shown.scale, (top - shown.top) * shown.scale, wide, tall);
  }
}

/** The levels of a patch as a canvas, one pixel a unit. @param {Patch} patch @param {Uint32Array} colours */
function levelsOf({ levels, shape }, colours) {
  if (!levels || !shape) return null;
  const canvas = document.createElement("canvas");
  [canvas.height, canvas.width] = shape;
  const image = new ImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  const text = atob(levels);
  pixels.forEach((_, unit) => (pixels[unit] = colours[text.charCodeAt(unit)]));
  contextOf(canvas).putImageData(image, 0, 0);
  return canvas;
}

/** Paint a histogram, and where zero is. @param {HTMLCanvasElement} canvas @param {Card} card @param {number} width @param {number} height */
export function paintBars(canvas, { bars, low, high }, width, height) {
  const context = sizedContext(canvas, width, height);
  const step = width / bars.length;
  context.fillStyle = styleColour("--faint");
  bars.forEach((tall, place) => context.fillRect(place * step, height * (1 - tall), Math.max(step - 1, 0.5), height * tall));
  if (low < 0 && high > 0) {
    context.fillStyle = styleColour("--accent");
    context.fillRect((-low / (high - low)) * width, 0, 1, height);
  }
}
