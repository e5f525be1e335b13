// @ts-check
/** What the network takes the picture for: the five most probable classes. */

import { fill, find, h } from "actiscope/dom.js";

/** @typedef {import("actiscope/types.js").Score} Score */
/** @typedef {import("actiscope/store.js").Store} Store */

/** @param {Store} store */
export function mountClasses(store) {
  const place = find("#classes", HTMLElement);
  store.on(["classesA", "classesB"], ({ classesA, classesB }) => {
    place.hidden = !classesA.length;
    fill(place, listOf(classesA, classesB.length ? "A" : ""), classesB.length > 0 && listOf(classesB, "B"));
  });
}

/** @param {Score[]} scores @param {string} title */
function listOf(scores, title) {
  return h("ol", {}, title && h("b", {}, title), scores.map(({ name, probability }) => {
    const bar = h("i", {});
    bar.style.width = `${100 * probability}%`;
    return h("li", {}, h("span", { title: name }, name), h("span", { class: "bar" }, bar), h("span", { class: "n" }, `${(100 * probability).toFixed(1)} %`));
  }));
}
