// @ts-check
/** Everything by keyboard. */

import { fill, find, h } from "actiscope/dom.js";
import { togglePin } from "actiscope/pins-view.js";
import { t } from "actiscope/texts.js";
import { next } from "actiscope/toolbar.js";

/** @typedef {import("actiscope/store.js").Store} Store */

const HELP = [
  ["← → ↑ ↓", "key.arrows"], ["J K", "key.layers"], ["/", "key.search"], ["S", "key.sort"], ["V", "key.scale"],
  ["C", "key.map"], ["B", "key.show"], ["P", "key.pin"], ["E", "key.edit"], ["D", "key.drives"], ["F", "key.fill"], ["M", "key.sum"], ["R", "key.mark"], ["Tab ← ↑ Enter", "key.photo"], ["Ctrl Z", "key.undo"], ["+ −", "key.zoom"], ["?", "key.help"],
];

/**
 * @param {Store} store
 * @param {{ grid: { across: () => number, move: (places: number) => void, zoom: (factor: number) => void },
 *   layers: { move: (step: number) => void }, brush: { toggle: () => void, undo: () => void },
 *   drives: { toggle: () => void, next: () => void }, sum: { toggle: () => void }, regions: { toggle: () => void } }} parts
 */
export function mountKeys(store, { grid, layers, brush, drives, sum, regions }) {
  const help = find("#help", HTMLDialogElement);
  fill(help, h("h2", {}, t("help")), h("dl", {}, HELP.map(([keys, key]) => h("div", {}, h("dt", {}, h("kbd", {}, keys)), h("dd", {}, t(key))))),
    h("form", { method: "dialog" }, h("button", {}, t("close"))));
  find("#keys", HTMLButtonElement).addEventListener("click", () => help.showModal());

  /** @type {Record<string, () => void>} */
  const acts = {
    ArrowRight: () => grid.move(1), ArrowLeft: () => grid.move(-1),
    ArrowDown: () => grid.move(grid.across()), ArrowUp: () => grid.move(-grid.across()),
    j: () => layers.move(1), k: () => layers.move(-1), PageDown: () => layers.move(1), PageUp: () => layers.move(-1),
    "/": () => find("#search", HTMLInputElement).focus(),
    s: () => next(store, "sort"), v: () => next(store, "scale"), c: () => next(store, "map"), b: () => next(store, "show"),
    p: () => togglePin(store), e: brush.toggle, d: drives.toggle, f: drives.next, m: sum.toggle, r: regions.toggle, "+": () => grid.zoom(1.25), "-": () => grid.zoom(0.8),
    "?": () => help.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (target.matches("input:not([type=range]), select, textarea") || help.open || event.altKey) return;
    if (target.matches("input[type=range]") && event.key.startsWith("Arrow")) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "z") brush.undo();
    else if (event.ctrlKey || event.metaKey || !acts[event.key]) return;
    else acts[event.key]();
    event.preventDefault();
  });
}
