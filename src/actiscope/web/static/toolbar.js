// @ts-check
/** How the channels are shown: order, scale, colours, A or B or the change, tile size; and the bar of colours. */

import { CHOICES } from "actiscope/address.js";
import { fill, find, format, h } from "actiscope/dom.js";
import { dissectionOf } from "actiscope/evidence-ranks.js";
import { paintBar } from "actiscope/painting.js";
import { hasShares, mapOf, mapsOf, scaleOf, shownOf } from "actiscope/scaling.js";
import { areAlike, isCurrent } from "actiscope/sprite.js";
import { t } from "actiscope/texts.js";

/** @typedef {import("actiscope/types.js").State} State */
/** @typedef {import("actiscope/types.js").NetworkInfo} NetworkInfo */
/** @typedef {import("actiscope/store.js").Store} Store */
/** @typedef {"sort" | "scale" | "map" | "show"} Choice */

/** The values that a choice has now. @param {State} state @param {Choice} key */
function valuesOf(state, key) {
  const { b } = state;
  if (key === "map") return mapsOf(state);
  if (key === "scale" && state.show === "change") return ["layer", "channel"];
  if (key === "show") return b ? CHOICES.show : ["a"];
  const lacking = [!b && "change", !b && "selective", !dissectionOf(state) && "auc", !hasShares(state) && "active"];
  return CHOICES[key].filter((value) => !lacking.includes(value));
}

/** Take the next value of a choice. @param {Store} store @param {Choice} key */
export function next(store, key) {
  const values = valuesOf(store.state, key);
  choose(store, key, values[(values.indexOf(usedOf(store.state)[key]) + 1) % values.length]);
}

/** What is used, which is what was chosen if it fits. @param {State} state @returns {Record<Choice, string>} */
const usedOf = (state) => ({ sort: valuesOf(state, "sort").includes(state.sort) ? state.sort : "index", scale: scaleOf(state), map: mapOf(state), show: state.show });

/** @param {Store} store @param {Choice} key @param {string} value */
function choose(store, key, value) {
  const shown = shownOf(store.state);
  const span = key === "scale" && value === "fixed" && shown ? shown.limits(store.state.channel) : null;
  store.set({ [key]: value, ...(span ? { lo: span[0], hi: span[1] } : {}) });
}

/** @param {Store} store @param {NetworkInfo} network */
export function mountToolbar(store, network) {
  const title = find("#title", HTMLElement);
  const bar = find("#bar", HTMLElement);
  const colours = h("canvas", { "aria-hidden": "true" });
  const [low, high] = [h("span", {}), h("span", {})];
  const limits = /** @type {const} */ (["lo", "hi"]).map((key) => h("input", {
    type: "number", step: "any", class: "limit", "aria-label": t(key === "lo" ? "from" : "to"),
    onchange: (/** @type {Event} */ event) => {
      const value = Number(/** @type {HTMLInputElement} */ (event.target).value);
      if (Number.isFinite(value)) store.set({ [key]: value });
    },
  }));
  fill(bar, low, limits[0], colours, limits[1], high);

  const selects = /** @type {const} */ (["sort", "scale", "map"]).map((key) => {
    const select = h("select", { id: key, onchange: () => choose(store, key, select.value) });
    return { key, select, label: h("label", {}, t(key), select) };
  });
  const shows = h("div", { class: "switch", role: "group", "aria-label": t("show") }, ["a", "b", "change"].map((value) =>
    h("button", { "data-show": value, onclick: () => store.set({ show: /** @type {State["show"]} */ (value) }) }, t(`show.${value}`))));
  const tile = h("input", { type: "range", id: "tile", min: 22, max: 400, oninput: () => store.set({ tile: Number(tile.value) }) });
  fill(find("#tools", HTMLElement), shows, ...selects.map(({ label }) => label), h("label", {}, t("tile"), tile));

  function draw() {
    const { state } = store;
    const layer = network.layers[state.layer];
    const shown = shownOf(state);
    fill(title, h("b", {}, layer.name), h("span", {}, layer.type),
      shown && isCurrent(state) && h("span", {}, t("ofLayer", shown.sprite.header)));
    const used = usedOf(state);
    for (const { key, select } of selects) {
      fill(select, ...valuesOf(state, key).map((value) =>
        h("option", { value, selected: used[key] === value }, key === "map" ? value : t(`${key}.${value}`))));
    }
    shows.hidden = !state.b;
    for (const button of shows.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.show === state.show));
      button.disabled = button.dataset.show === "change" && !areAlike(state.spriteA, state.spriteB);
      button.title = button.disabled ? t("cannotCompare") : "";
    }
    if (state.tile) tile.value = String(state.tile);
    bar.hidden = !shown;
    if (!shown) return;
    const [lo, hi] = shown.limits(state.channel);
    paintBar(colours, shown.colours);
    const about = state.show === "change" ? `${t("about")} ` : "";
    bar.classList.toggle("stale", !isCurrent(state));
    fill(low, used.scale === "channel" ? `${t("channel", state)}: ` : "", about, format(lo));
    fill(high, about, format(hi));
    bar.classList.toggle("fixed", used.scale === "fixed");
    limits.forEach((input, index) => (input.value = String([state.lo, state.hi][index])));
  }

  store.on(["layer", "a", "size", "spriteA", "spriteB", "channel", "sort", "scale", "map", "show", "lo", "hi", "tile", "b", "changes", "shares"], draw);
}
