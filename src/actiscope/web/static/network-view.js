// @ts-check
/** The layers from top to bottom, with lines for what each reads and small pictures of what it passes on. */

import { fill, find, h } from "actiscope/dom.js";
import { paintAtlas } from "actiscope/painting.js";
import { foldsOf, railsOf } from "actiscope/rails.js";
import { coloursOf } from "actiscope/scaling.js";
import { t } from "actiscope/texts.js";

/** @typedef {import("actiscope/types.js").NetworkInfo} NetworkInfo */
/** @typedef {import("actiscope/types.js").LayerInfo} LayerInfo */
/** @typedef {import("actiscope/store.js").Store} Store */
/** @typedef {import("actiscope/rails.js").Row} Row */

const ACROSS = 32;
const [LANE, ROW, COMPACT] = [9, 46, 22];
const FOLDED_FROM = 150;
const LONG_NAME = 24;

/** @param {Store} store @param {NetworkInfo} network @param {number[] | null} available layers that there is data for */
export function mountNetwork(store, network, available) {
  const list = find("#layers", HTMLElement);
  const search = find("#search", HTMLInputElement);
  const thumbnails = document.createElement("canvas");
  const folds = foldsOf(network.layers);
  /** @type {Set<string>} */
  const closed = new Set(network.layers.length >= FOLDED_FROM ? folds.keys() : []);
  let compact = false;
  let picture = "";
  /** @type {Map<number, HTMLElement>} */
  const rows = new Map();

  /** @param {LayerInfo} layer */
  const matches = (layer) => `${layer.name} ${layer.type}`.toLowerCase().includes(search.value.trim().toLowerCase());

  /** Which rows are there: those that the search finds, or else those that are not folded. @returns {Row[]} */
  function visibleRows() {
    if (search.value.trim()) return network.layers.filter(matches).map((layer) => ({ layer, fold: null }));
    return network.layers.flatMap((layer) => {
      const fold = [...folds.values()].find(({ first, last }) => layer.index >= first && layer.index <= last);
      if (!fold || !closed.has(fold.name)) return [{ layer, fold: fold?.first === layer.index ? fold : null }];
      return fold.first === layer.index ? [{ layer, fold }] : [];
    });
  }

  function build() {
    const visible = visibleRows();
    const tall = compact ? COMPACT : ROW;
    const { lanes, paths } = railsOf(network.layers, visible, closed);
    const gutter = (lanes + 1.5) * LANE;
    rows.clear();
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("width", String(gutter));
    svg.setAttribute("height", String(visible.length * tall));
    svg.setAttribute("aria-hidden", "true");
    for (const { from, to, lane } of paths) {
      const path = document.createElementNS(svg.namespaceURI, "path");
      const [x0, x1, y0, y1] = [gutter - LANE / 2, gutter - LANE * (lane + 0.5), (from + 0.5) * tall, (to + 0.5) * tall];
      const bend = Math.min(tall, (y1 - y0) / 2);
      path.setAttribute("d", lane ? `M${x0} ${y0}C${x1} ${y0} ${x1} ${y0} ${x1} ${y0 + bend}V${y1 - bend}C${x1} ${y1} ${x1} ${y1} ${x0} ${y1}` : `M${x0} ${y0}V${y1}`);
      svg.append(path);
    }
    list.style.setProperty("--gutter", `${gutter}px`);
    list.style.setProperty("--tall", `${tall}px`);
    list.classList.toggle("compact", compact);
    fill(list, /** @type {Node} */ (svg), ...visible.map((row) => rowOf(row)));
    mark();
  }

  /** @param {Row} row */
  function rowOf({ layer, fold }) {
    const shut = fold && closed.has(fold.name) && !search.value.trim();
    const toggle = fold && h("button", {
      class: "fold", tabindex: -1, "aria-expanded": String(!shut), title: shut ? t("unfold") : t("fold"),
      onclick: (/** @type {Event} */ event) => {
        event.stopPropagation();
        closed[shut ? "delete" : "add"](fold.name);
        build();
      },
    }, shut ? "▸" : "▾");
    const last = shut ? network.layers[fold.last] : layer;
    const kind = shut ? t("layers", { count: fold.last - fold.first + 1 }) : last.type;
    const missing = available && !available.includes(last.index);
    const element = h("div", {
      id: `layer-${last.index}`, class: `layer ${last.family}${missing ? " missing" : ""}`, role: "option", "aria-disabled": missing ? "true" : null, "data-index": last.index, title: missing ? t("noData") : `${last.name}\n${last.type}`,
      onclick: () => !missing && store.set({ layer: last.index }),
    }, h("i", { class: "dot" }), h("span", { class: "thumb" }), h("span", { class: "name" }, h("bdi", {}, shut ? fold.name : shortName(layer))),
    h("span", { class: "size" }, `${kind} · ${last.size.join(" × ") || "?"}`), toggle);
    for (let index = shut ? fold.first : layer.index; index <= last.index; index += 1) rows.set(index, element);
    return element;
  }

  function mark() {
    for (const element of rows.values()) element.setAttribute("aria-selected", "false");
    const chosen = rows.get(store.state.layer);
    chosen?.setAttribute("aria-selected", "true");
    list.setAttribute("aria-activedescendant", chosen?.id ?? "");
    for (const [index, element] of rows) {
      const thumb = /** @type {HTMLElement} */ (element.querySelector(".thumb"));
      if (Number(element.dataset.index) !== index) continue;
      thumb.style.backgroundImage = picture && `url(${picture})`;
      thumb.style.backgroundPosition = `${-32 * (index % ACROSS)}px ${-32 * Math.floor(index / ACROSS)}px`;
    }
  }

  /** @param {ScrollLogicalPosition} block */
  const show = (block) => rows.get(store.state.layer)?.scrollIntoView({ block });

  /** Fold or unfold the block of a row: to the left folds, to the right unfolds. @param {HTMLElement | undefined} row @param {string} key */
  function toggle(row, key) {
    const button = row?.querySelector(".fold");
    const isOpen = button?.getAttribute("aria-expanded") === "true";
    if (button instanceof HTMLElement && key !== (isOpen ? "ArrowRight" : "ArrowLeft")) button.click();
  }

  store.on(["layer"], ({ layer }) => {
    const fold = [...folds.values()].find(({ first, last }) => layer > first && layer < last);
    if (fold && closed.delete(fold.name)) build();
    mark();
    show("nearest");
  });
  /** @param {Blob | null} blob */
  function take(blob) {
    if (picture) URL.revokeObjectURL(picture);
    picture = blob ? URL.createObjectURL(blob) : "";
    mark();
  }

  store.on(["thumbnails"], ({ thumbnails: sprite }) => {
    if (!sprite) return take(null);
    const channels = Array.from({ length: sprite.header.channels }, (_, index) => index);
    const shown = { sprite, colours: coloursOf("gray"), limits: (/** @type {number} */ index) => /** @type {[number, number]} */ ([sprite.low[index], sprite.high[index]]) };
    paintAtlas(thumbnails, shown, channels, ACROSS);
    thumbnails.toBlob(take);
  });
  search.addEventListener("input", build);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") store.set({ layer: visibleRows().find(({ layer }) => !available || available.includes(layer.index))?.layer.index ?? store.state.layer });
    if (event.key === "Escape") {
      search.value = "";
      build();
      search.blur();
      show("center");
    }
  });
  list.addEventListener("keydown", (event) => {
    const shown = [.../** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll(".layer:not(.missing)"))];
    const at = shown.findIndex((element) => element.ariaSelected === "true");
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1 }[event.key];
    if (to !== undefined && shown[to]) store.set({ layer: Number(shown[to].dataset.index) });
    else if (["ArrowLeft", "ArrowRight", "Enter"].includes(event.key)) toggle(shown[at], event.key);
    else if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
  });
  find("#compact", HTMLButtonElement).addEventListener("click", () => {
    compact = !compact;
    build();
    show("center");
  });
  const folder = find("#fold", HTMLButtonElement);
  folder.hidden = !folds.size;
  folder.addEventListener("click", () => {
    if (closed.size) closed.clear();
    else for (const name of folds.keys()) closed.add(name);
    build();
  });
  build();
  requestAnimationFrame(() => show("center"));
  return {
    /** Go to the layer some rows on. @param {number} step */
    move(step) {
      let index = store.state.layer + step;
      while (network.layers[index] && available && !available.includes(index)) index += step;
      if (network.layers[index]) store.set({ layer: index });
    },
  };
}

/** The name of a layer, without an end that its type says too if it is long. @param {LayerInfo} layer */
function shortName({ name, type }) {
  const at = name.lastIndexOf("/") + 1;
  const said = type.replaceAll(" ", "").toLowerCase().startsWith(name.slice(at).replace(/_\d+$/, "").toLowerCase());
  return name.length > LONG_NAME && at > 1 && said ? `${name.slice(0, at)}…` : name;
}
