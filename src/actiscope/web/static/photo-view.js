// @ts-check
/** A picture with the chosen channel over it, and what is under the pointer. */

import { h, onNextFrame, sizedContext, styleColour } from "actiscope/dom.js";
import { drawDrives, drawRegions, drivenOver } from "actiscope/evidence-maps.js";
import { channelCanvas } from "actiscope/painting.js";
import { chosenSprite, overlayOf } from "actiscope/scaling.js";
import { fieldOf, placeOf, unitAt } from "actiscope/seeing.js";
import { areAlike, followedOf, isCurrent, isFlat } from "actiscope/sprite.js";
import { t } from "actiscope/texts.js";

/** @typedef {import("actiscope/types.js").State} State */
/** @typedef {import("actiscope/types.js").Source} Source */
/** @typedef {import("actiscope/types.js").SpriteHeader} SpriteHeader */
/** @typedef {import("actiscope/store.js").Store} Store */
/** @typedef {{ row: number, col: number }} Point */

const TALLEST = 420;
/** @type {Record<string, [number, number]>} */
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** @param {number} place @param {number} count */
const clamp = (place, count) => Math.min(Math.max(place, 0), count - 1);

/**
 * Show picture A or B.
 * @param {Store} store
 * @param {Source} source
 * @param {"a" | "b"} which
 */
export function photoView(store, source, which) {
  const canvas = h("canvas", { tabindex: 0, role: "img", "aria-label": t("photo") });
  const title = h("b", {}, which.toUpperCase());
  const element = h("figure", { class: "photo", "data-picture": which }, title, canvas);
  const image = new Image();
  /** Id of the picture that the image holds, once all of it is there. */
  let loaded = "";
  let scale = 1;
  /** Where the pointer is, and the stroke that is being made. @type {{ point: Point | null, stroke: [number, number][] }} */
  const pen = { point: null, stroke: [] };
  /** @param {State} state */
  const spriteOf = (state) => (which === "a" ? state.spriteA : state.spriteB);

  function draw() {
    const { state } = store;
    const picture = state.pictures.find(({ id }) => id === state[which]);
    element.hidden = !picture;
    if (!picture || picture.id !== loaded) return;
    title.hidden = !state.b;
    const room = Math.max(80, (element.parentElement?.clientWidth ?? 320) / (state.b ? 2 : 1) - (state.b ? 6 : 0));
    scale = Math.min(room / picture.width, TALLEST / picture.height);
    const context = sizedContext(canvas, picture.width * scale, picture.height * scale);
    context.imageSmoothingEnabled = scale < 2;
    context.filter = drivenOver(state, picture.id) ? "grayscale(1)" : "none";
    context.drawImage(image, 0, 0, picture.width * scale, picture.height * scale);
    context.filter = "none";
    if (isCurrent(state)) {
      if (!drawDrives(context, state, picture, scale)) overlay(context, state);
      boxes(context, state);
    }
    drawRegions(context, state, scale);
    if (state.editing) sketch(context, state.radius);
    canvas.dataset.painted = picture.id;
  }

  /** @param {CanvasRenderingContext2D} context @param {State} state */
  function overlay(context, state) {
    const shown = overlayOf({ ...state, show: state.show === "change" ? "change" : which });
    const own = spriteOf(state);
    const place = own && placeOf(own.header);
    if (!shown || !place || state.channel >= shown.sprite.header.channels) return;
    context.globalAlpha = state.opacity;
    context.imageSmoothingEnabled = false;
    context.drawImage(channelCanvas(shown, state.channel), place.left * scale, place.top * scale,
      (place.right - place.left) * scale, (place.bottom - place.top) * scale);
    context.globalAlpha = 1;
  }

  /** @param {CanvasRenderingContext2D} context @param {State} state */
  function boxes(context, state) {
    const sprite = chosenSprite({ ...state, show: state.show === "change" ? "change" : which });
    const own = spriteOf(state);
    if (!sprite || !own || state.channel >= sprite.header.channels) return;
    if (state.unit || !isFlat(sprite, state.channel)) outline(context, own.header, followedOf(sprite, state), styleColour("--accent"));
    const { hover } = state;
    const isHere = hover && ((hover.which ?? (state.show === "b" ? "b" : "a")) === which || areAlike(state.spriteA, state.spriteB));
    if (isHere) outline(context, own.header, hover, "#fff");
  }

  /** Draw the brush, and the stroke that it is making. @param {CanvasRenderingContext2D} context @param {number} radius */
  function sketch(context, radius) {
    if (pen.stroke.length) {
      context.globalAlpha = 0.4;
      context.strokeStyle = "#fff";
      context.lineWidth = 2 * radius * scale;
      context.lineCap = context.lineJoin = "round";
      context.beginPath();
      for (const [row, col] of [pen.stroke[0], ...pen.stroke]) context.lineTo(col * scale, row * scale);
      context.stroke();
      context.globalAlpha = 1;
    }
    if (!pen.point) return;
    for (const [width, colour] of /** @type {[number, string][]} */ ([[3, "rgba(0, 0, 0, .6)"], [1.5, "#fff"]])) {
      context.lineWidth = width;
      context.strokeStyle = colour;
      context.beginPath();
      context.arc(pen.point.col * scale, pen.point.row * scale, radius * scale, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {SpriteHeader} header @param {Point} unit @param {string} colour */
  function outline(context, header, unit, colour) {
    const box = fieldOf(header, unit.row, unit.col);
    if (!box) return;
    const sides = /** @type {const} */ ([box.left * scale, box.top * scale, (box.right - box.left) * scale, (box.bottom - box.top) * scale]);
    context.lineWidth = 3.5;
    context.strokeStyle = "rgba(0, 0, 0, .55)";
    context.strokeRect(...sides);
    context.lineWidth = 1.5;
    context.strokeStyle = colour;
    context.strokeRect(...sides);
  }

  /** The point of the picture under the pointer. @param {MouseEvent} event @returns {Point} */
  function pointOf(event) {
    const box = canvas.getBoundingClientRect();
    return { row: (event.clientY - box.top) / scale, col: (event.clientX - box.left) / scale };
  }

  canvas.addEventListener("pointermove", (event) => {
    const sprite = spriteOf(store.state);
    const point = pointOf(event);
    pen.point = point;
    element.dataset.point = `${Math.floor(point.row)}, ${Math.floor(point.col)}`;
    const unit = sprite && unitAt(sprite.header, point.row, point.col);
    store.set({ hover: unit && { ...unit, which } });
    if (store.state.editing) later();
  });
  canvas.addEventListener("pointerleave", () => {
    delete element.dataset.point;
    pen.point = null;
    store.set({ hover: null });
  });

  /** Follow a unit, or no longer. @param {Point | null} unit */
  function follow(unit) {
    const { editing, marking, unit: followed } = store.state;
    if (editing || marking || !unit) return;
    store.set({ unit: followed?.[0] === unit.row && followed[1] === unit.col ? null : [unit.row, unit.col] });
  }

  canvas.addEventListener("click", (event) => {
    const sprite = spriteOf(store.state);
    const point = pointOf(event);
    follow(sprite && unitAt(sprite.header, point.row, point.col));
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Enter") follow(store.state.hover);
    const step = STEPS[event.key];
    const sprite = spriteOf(store.state);
    if (!step || !sprite?.header.geometry) return;
    const { height, width } = sprite.header;
    const from = store.state.hover ?? followedOf(sprite, store.state);
    store.set({ hover: { row: clamp(from.row + step[0], height), col: clamp(from.col + step[1], width), which } });
    event.preventDefault();
    event.stopPropagation();
  });

  const later = onNextFrame(draw);
  image.addEventListener("load", () => {
    loaded = image.dataset.id ?? "";
    later();
  });
  store.on(["a", "b", "pictures"], (state, changed) => {
    const id = state[which];
    if (id && (changed.has(which) || !image.src)) {
      delete canvas.dataset.painted;
      image.dataset.id = id;
      image.src = source.pictureUrl(id);
    }
    later();
  });
  store.on(["spriteA", "spriteB", "channel", "hover", "opacity", "scale", "lo", "hi", "map", "show", "layer", "size", "editing", "radius", "driven", "drive", "unit", "regions", "region", "draft", "changes"], later);
  window.addEventListener("resize", later);
  /** Show a stroke while it is being made. @param {[number, number][]} stroke */
  function show(stroke) {
    pen.stroke = stroke;
    later();
  }
  return { element, canvas, pointOf, show };
}
