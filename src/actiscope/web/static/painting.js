// @ts-check
/** Channels as pixels. */

import { contextOf } from "actiscope/dom.js";
import { levelsOf } from "actiscope/scaling.js";

/** @typedef {import("actiscope/scaling.js").Shown} Shown */

/**
 * Paint channels side by side, one pixel a unit, onto a canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {Shown} shown
 * @param {number[]} channels
 * @param {number} across how many in a row
 */
export function paintAtlas(canvas, shown, channels, across) {
  const { height, width } = shown.sprite.header;
  const down = Math.ceil(channels.length / across);
  canvas.width = Math.max(1, across * width);
  canvas.height = Math.max(1, down * height);
  const image = new ImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  channels.forEach((channel, place) => {
    const corner = Math.floor(place / across) * height * canvas.width + (place % across) * width;
    paintInto(pixels, canvas.width, corner, shown, channel);
  });
  contextOf(canvas).putImageData(image, 0, 0);
}

/** @param {Uint32Array} pixels @param {number} stride @param {number} corner @param {Shown} shown @param {number} channel */
function paintInto(pixels, stride, corner, shown, channel) {
  const { maps, header: { height, width } } = shown.sprite;
  const levels = levelsOf(shown, channel);
  let unit = channel * height * width;
  for (let row = 0; row < height; row += 1) {
    const start = corner + row * stride;
    for (let col = 0; col < width; col += 1, unit += 1) pixels[start + col] = levels[maps[unit]];
  }
}

/** A channel as a canvas of its own, one pixel a unit. @param {Shown} shown @param {number} channel */
export function channelCanvas(shown, channel) {
  const canvas = document.createElement("canvas");
  paintAtlas(canvas, shown, [channel], 1);
  return canvas;
}

/** A bar of colours from left to right. @param {HTMLCanvasElement} canvas @param {Uint32Array} colours */
export function paintBar(canvas, colours) {
  canvas.width = 256;
  canvas.height = 1;
  const image = new ImageData(256, 1);
  new Uint32Array(image.data.buffer).set(colours);
  contextOf(canvas).putImageData(image, 0, 0);
}
