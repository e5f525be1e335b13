// @ts-check
/** Regions of the picture: marked by a box, named, chosen. */

import { fill, find, h } from "actiscope/dom.js";
import { isBeyond } from "actiscope/evidence-maps.js";
import { chosenRegion } from "actiscope/evidence-ranks.js";
import { centreOf } from "actiscope/seeing.js";
import { t } from "actiscope/texts.js";

/** @typedef {import("actiscope/types.js").State} State */
/** @typedef {import("actiscope/types.js").Region} Region */
/** @typedef {import("actiscope/store.js").Store} Store */
/** @typedef {ReturnType<typeof import("actiscope/photo-view.js").photoView>} Photo */
/** @typedef {{ row: number, col: number }} Point */

const SMALLEST = 2;

/** @param {Store} store @param {{ a: Photo, b: Photo }} photos @param {boolean} canMark */
export function mountRegions(store, photos, canMark) {
  const button = find("#mark", HTMLButtonElement);
  const list = find("#regions", HTMLElement);
  const hint = h("p", {}, t("markHint"));
  button.hidden = !canMark;
  const toggle = () => canMark && store.set({ marking: !store.state.marking, editing: false, draft: null });
  button.addEventListener("click", toggle);

  /** @param {[number, number, number, number]} box */
  function add(box) {
    const { regions } = store.state;
    let number = regions.length + 1;
    while (regions.some(({ name }) => name === t("region", { number }))) number += 1;
    const name = t("region", { number });
    store.set({ regions: [...regions, { name, box }], region: name, draft: null });
  }

  /** @param {number} index @param {string} text */
  function rename(index, text) {
    const name = text.replace(/[;=]/g, " ").trim();
    const { regions, region } = store.state;
    if (!name || regions.some((each, other) => other !== index && each.name === name)) return draw();
    const renamed = regions.map((each, other) => (other === index ? { ...each, name } : each));
    store.set({ regions: renamed, region: region === regions[index].name ? name : region });
  }

  /** @param {Region} region @param {number} index */
  function row({ name, box }, index) {
    const input = h("input", { value: name, maxlength: 60, "aria-label": t("regionName"), readonly: !canMark, onchange: () => rename(index, input.value) });
    const chosen = name === chosenRegion(store.state);
    return h("li", { "data-box": box.join(",") },
      h("button", { class: "choose", "aria-pressed": String(chosen), title: t("rankBy"), "aria-label": `${name}: ${t("rankBy")}`, onclick: () => store.set({ region: name }) }, "●"),
      input,
      h("span", {}, isBeyond(box, store.state) && t("beyond"), t("drives.where", { top: box[1], bottom: box[3] - 1, left: box[0], right: box[2] - 1 })),
      canMark && h("button", { title: t("forget"), "aria-label": `${name}: ${t("forget")}`, onclick: () => store.set({ regions: store.state.regions.filter((_, other) => other !== index) }) }, "×"));
  }

  function draw() {
    const { regions, marking } = store.state;
    button.setAttribute("aria-pressed", String(marking));
    for (const { canvas } of [photos.a, photos.b]) canvas.classList.toggle("marking", marking);
    list.hidden = !regions.length && !marking;
    fill(list, marking && hint, regions.length > 0 && h("ul", {}, regions.map(row)));
  }

  store.on(["regions", "region", "marking", "editing", "a"], draw);
  if (canMark) for (const photo of [photos.a, photos.b]) takeBoxes(photo, store, add);
  return { toggle };
}

/** Let boxes be drawn on a photo: dragged, or by keys from corner to corner. @param {Photo} photo @param {Store} store @param {(box: [number, number, number, number]) => void} finish */
function takeBoxes(photo, store, finish) {
  /** @type {Point | null} */
  let corner = null;
  /** @param {Point} one @param {Point} other @returns {[number, number, number, number]} */
  function between(one, other) {
    const picture = store.state.pictures.find(({ id }) => id === store.state.a);
    const [tall, wide] = [picture?.height ?? 0, picture?.width ?? 0];
    const within = (/** @type {number} */ place, /** @type {number} */ most) => Math.round(Math.min(Math.max(place, 0), most));
    const [rows, cols] = [[one.row, other.row].sort((a, b) => a - b), [one.col, other.col].sort((a, b) => a - b)];
    return [within(cols[0], wide), within(rows[0], tall), within(cols[1], wide), within(rows[1], tall)];
  }
  /** @param {Point} from @param {Point} to */
  function end(from, to) {
    const box = between(from, to);
    if (box[2] - box[0] >= SMALLEST && box[3] - box[1] >= SMALLEST) finish(box);
    else store.set({ draft: null });
  }

  photo.canvas.addEventListener("keydown", (event) => {
    const { marking, hover, spriteA } = store.state;
    const at = hover && spriteA && centreOf(spriteA.header, hover.row, hover.col);
    if (event.key !== "Enter" || !marking || !at) return;
    const point = { row: at[0], col: at[1] };
    if (corner) end(corner, point);
    corner = corner ? null : point;
    event.preventDefault();
  });
  photo.canvas.addEventListener("pointerdown", (event) => {
    if (!store.state.marking || event.button) return;
    event.preventDefault();
    photo.canvas.setPointerCapture(event.pointerId);
    const from = photo.pointOf(event);
    const move = (/** @type {PointerEvent} */ moved) => store.set({ draft: between(from, photo.pointOf(moved)) });
    const stop = (/** @type {PointerEvent} */ ended) => {
      photo.canvas.removeEventListener("pointermove", move);
      photo.canvas.removeEventListener("pointerup", stop);
      photo.canvas.removeEventListener("pointercancel", stop);
      if (ended.type === "pointerup") end(from, photo.pointOf(ended));
      else store.set({ draft: null });
    };
    photo.canvas.addEventListener("pointermove", move);
    photo.canvas.addEventListener("pointerup", stop);
    photo.canvas.addEventListener("pointercancel", stop);
  });
}
