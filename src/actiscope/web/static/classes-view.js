// @ts-check
/** What the network takes the picture for: the five most probable classes. */

import { fill, find, h } from "actiscope/dom.js";
import { t } from "actiscope/texts.js";

/** @typedef {import("actiscope/types.js").Score} Score */
/** @typedef {import("actiscope/types.js").NetworkInfo} NetworkInfo */
/** @typedef {import("actiscope/types.js").Source} Source */
/** @typedef {import("actiscope/store.js").Store} Store */

/** @param {Store} store @param {NetworkInfo} network @param {Source} source */
export function mountClasses(store, { scores: layer }, source) {
  const isThere = layer !== null && (!source.layers || source.layers.includes(layer));
  /** @type {(index: number, which: "a" | "b") => void} */
  const follow = (index, show) => store.set({ layer: layer ?? 0, channel: index, unit: null, drive: source.drives ? store.state.drive || "grey" : "", show });
  const place = find("#classes", HTMLElement);
  store.on(["classesA", "classesB"], ({ classesA, classesB }) => {
    place.hidden = !classesA.length;
    fill(place, listOf(classesA, classesB.length ? "A" : "", isThere ? (index) => follow(index, "a") : null),
      classesB.length > 0 && listOf(classesB, "B", isThere ? (index) => follow(index, "b") : null));
  });
}

/** @param {Score[]} scores @param {string} title @param {((index: number) => void) | null} follow */
function listOf(scores, title, follow) {
  return h("ol", {}, title && h("b", {}, title), scores.map(({ index, name, probability }) => {
    const bar = h("i", {});
    bar.style.width = `${100 * probability}%`;
    return h("li", {}, h(follow ? "button" : "span", { title: follow ? `${name}: ${t("drives")}` : name, onclick: follow && (() => follow(index)) }, name), h("span", { class: "bar" }, bar), h("span", { class: "n" }, `${(100 * probability).toFixed(1)} %`));
  }));
}
