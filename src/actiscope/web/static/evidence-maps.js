// @ts-check
/** Occlusion maps and regions over a picture. */

import { styleColour } from "actiscope/dom.js";
import { changesOf, chosenRegion } from "actiscope/evidence-ranks.js";
import { coloursOf } from "actiscope/scaling.js";
import { t } from "actiscope/texts.js";

/** @typedef {import("actiscope/types.js").State} State */
/** @typedef {import("actiscope/types.js").Drives} Drives */
/** @typedef {import("actiscope/types.js").Region} Region */
/** @typedef {import("actiscope/seeing.js").Box} Box */

const SIGNED = ["signed", "coolwarm"];
const HATCH = 6;

/** The picture whose map is shown. @param {State} state */
export const followedPicture = ({ show, a, b }) => (show === "b" && b ? b : a);

/** What names the maps of a view, whatever covers the picture. @param {State} state */
export const driveKeyOf = (state) => [followedPicture(state), state.layer, state.size, state.channel, state.unit?.join(",") ?? "", state.step].join("/");

/** The map that the view asks for, if it is there. @param {State} state */
export function drivenOf(state) {
  const key = driveKeyOf(state);
  return state.drive ? state.driven.find((each) => each.key === key && each.fill === state.drive) ?? null : null;
}

/** The map that is shown over a picture, if one is. @param {State} state @param {string} picture */
export const drivenOver = (state, picture) => (followedPicture(state) === picture ? drivenOf(state) : null);

/** The largest drop or rise: one scale for all that may cover the picture. @param {State} state */
export const limitOf = ({ driven }) => Math.max(...driven.flatMap(({ drops }) => drops.flatMap((row) => row.map(Math.abs)))) || 1;

/** @param {State} state */
export const driveColours = ({ map }) => coloursOf(SIGNED.includes(map) ? map : SIGNED[0]);

/** The window whose centre is nearest to a point of the picture. @param {Drives} driven @param {number} row @param {number} col @returns {[number, number]} */
export function windowAt({ geometry: { centre, stride }, drops }, row, col) {
  const nearest = (/** @type {number} */ place, /** @type {0 | 1} */ axis, /** @type {number} */ count) =>
    Math.min(Math.max(Math.round((place - centre[axis]) / stride[axis]), 0), count - 1);
  return [nearest(row, 0, drops.length), nearest(col, 1, drops[0].length)];
}

/** What a window covers of the picture. @param {Drives} driven @param {number} row @param {number} col @param {State} state @returns {Box} */
export function windowOf({ geometry: { start, receptive_field: extent, stride } }, row, col, state) {
  const { height, width } = /** @type {import("actiscope/types.js").Picture} */ (state.pictures.find(({ id }) => id === followedPicture(state)));
  const [top, left] = [start[0] + row * stride[0], start[1] + col * stride[1]];
  return { top: Math.max(0, top), left: Math.max(0, left), bottom: Math.min(height, top + extent[0]), right: Math.min(width, left + extent[1]) };
}

/** Draw the map that belongs over a picture, hatched where it is exactly 0; tell whether there is one. @param {CanvasRenderingContext2D} context @param {State} state @param {import("actiscope/types.js").Picture} picture @param {number} scale */
export function drawDrives(context, state, picture, scale) {
  const driven = drivenOver(state, picture.id);
  if (!driven) return false;
  const { drops, geometry: { centre, stride } } = driven;
  const [down, across] = [edgesOf(centre[0], stride[0], drops.length, picture.height), edgesOf(centre[1], stride[1], drops[0].length, picture.width)]
    .map((edges) => edges.map((edge) => Math.round(edge * scale)));
  const [colours, most] = [driveColours(state), limitOf(state)];
  const unseen = new Path2D();
  drops.forEach((line, row) => line.forEach((drop, col) => {
    const cell = /** @type {const} */ ([across[col], down[row], across[col + 1] - across[col], down[row + 1] - down[row]]);
    const colour = colours[Math.round(((drop / most + 1) / 2) * 255)];
    context.globalAlpha = (state.opacity * Math.abs(drop)) / most;
    context.fillStyle = `rgb(${colour & 255} ${(colour >> 8) & 255} ${(colour >> 16) & 255})`;
    if (drop === 0) unseen.rect(...cell);
    else context.fillRect(...cell);
  }));
  context.globalAlpha = 1;
  context.save();
  context.clip(unseen);
  hatch(context);
  context.restore();
  return true;
}

/** The edges of cells around the centres of windows; the outermost reach to those of the picture. @param {number} centre @param {number} stride @param {number} count @param {number} end */
const edgesOf = (centre, stride, count, end) => Array.from({ length: count + 1 }, (_, place) =>
  (place === 0 ? 0 : place === count ? end : centre + (place - 0.5) * stride));

/** @param {CanvasRenderingContext2D} context */
function hatch(context) {
  const { width, height } = context.canvas;
  context.fillStyle = "rgba(20, 20, 24, .5)";
  context.fillRect(0, 0, width, height);
  context.strokeStyle = "rgba(255, 255, 255, .28)";
  context.lineWidth = 1;
  context.beginPath();
  for (let at = -height; at < width; at += HATCH) {
    context.moveTo(at, height);
    context.lineTo(at + height, 0);
  }
  context.stroke();
}

/** Draw the regions, with their names, and the one that is being marked. @param {CanvasRenderingContext2D} context @param {State} state @param {number} scale */
export function drawRegions(context, state, scale) {
  const draft = state.draft ? [{ name: "", box: state.draft }] : [];
  [...shownRegions(state), ...draft].forEach(({ name, box: [left, top, right, bottom] }, place) => {
    context.setLineDash([]);
    context.lineWidth = 3;
    context.strokeStyle = "rgba(0, 0, 0, .55)";
    context.strokeRect(left * scale, top * scale, (right - left) * scale, (bottom - top) * scale);
    context.setLineDash([5, 3]);
    context.lineWidth = 1.5;
    context.strokeStyle = name && name === chosenRegion(state) ? styleColour("--mark") : "#fff";
    context.strokeRect(left * scale, top * scale, (right - left) * scale, (bottom - top) * scale);
    context.setLineDash([]);
    context.font = "600 11px system-ui, sans-serif";
    context.lineWidth = 3;
    context.strokeStyle = "rgba(0, 0, 0, .7)";
    context.fillStyle = "#fff";
    const room = context.canvas.clientWidth - context.measureText(name).width - 3;
    const isAbove = top * scale > 16 && place % 2 === 0;
    const [x, y] = [Math.max(2, Math.min(left * scale, room)), isAbove ? top * scale - 4 : bottom * scale + 13];
    context.strokeText(name, x, y);
    context.fillText(name, x, y);
  });
}

/** Whether a box lies outside the picture. @param {Region["box"]} box @param {State} state */
export function isBeyond([left, top, right, bottom], { a, pictures }) {
  const picture = pictures.find(({ id }) => id === a);
  return picture ? left >= picture.width || top >= picture.height || right <= 0 || bottom <= 0 : false;
}

/** The regions on the picture: those that were marked, or else where the pictures differ. @param {State} state @returns {Region[]} */
const shownRegions = (state) =>
  state.regions.length ? state.regions.filter(({ box }) => !isBeyond(box, state)) : changesOf(state).map(({ box }) => ({ name: t("theChange"), box }));
