// @ts-check
/** What can be taken away: the picture of the grid, the values, the address, the whole page. */

import { fill, find, format, h } from "actiscope/dom.js";
import { messageOf } from "actiscope/errors.js";
import { drawTile, label, planOf } from "actiscope/grid-view.js";
import { paintAtlas, paintBar } from "actiscope/painting.js";
import { orderOf, scaleOf, shownOf } from "actiscope/scaling.js";
import { isFlat } from "actiscope/sprite.js";
import { t } from "actiscope/texts.js";

/** @typedef {import("actiscope/types.js").Source} Source */
/** @typedef {import("actiscope/types.js").State} State */
/** @typedef {import("actiscope/store.js").Store} Store */

export const [WIDTH, HEIGHT] = [1200, 900];
export const MARGIN = 20;
const HEAD = 64;
const NOTICE = 2000;
/** The tallest picture that browsers draw, in pixels. */
const TALLEST = 16_000;

/** @param {Store} store @param {Source} source @param {{ layerName: (index: number) => string, network: string }} names @param {() => string} address */
export function mountSaving(store, source, names, address) {
  const menu = find("#save", HTMLDetailsElement);
  /** @param {string} key @param {() => unknown} act */
  const entry = (key, act) => h("button", { "data-save": key, onclick: async () => {
    menu.open = false;
    try {
      await act();
    } catch (error) {
      store.set({ problem: messageOf(error) });
    }
  } }, t(key));
  const file = () => names.layerName(store.state.layer).replace(/[^\w.-]+/g, "_");
  const { valuesUrl, report } = source;
  fill(find("#save div", HTMLElement),
    entry("savePicture", async () => download(await gridPicture(store.state, names), `${file()}.png`)),
    valuesUrl && entry("saveValues", () => follow(valuesUrl(shownId(store.state), store.state.layer, store.state.size), `${file()}.npz`)),
    source.add && navigator.clipboard && entry("copyAddress", async () => {
      await navigator.clipboard.writeText(location.href);
      store.set({ notice: t("copied") });
      setTimeout(() => store.set({ notice: "" }), NOTICE);
    }),
    report && entry("saveReport", async () => {
      const { a, b, size, layer, channel, unit, drive, driven, step, sum, regions } = store.state;
      const seen = { layer, channel, unit: unit && unit.join(","), fills: drive ? driven.map(({ fill: each }) => each) : [], step, sum, regions };
      store.set({ busy: store.state.busy + 1 });
      try {
        download(await report(b ? [a, b] : [a], size, address(), seen), "actiscope.html");
      } finally {
        store.set({ busy: store.state.busy - 1 });
      }
    }));
}

/** @param {State} state */
const shownId = ({ show, a, b }) => (show === "b" && b ? b : a);

/** @param {Blob} blob @param {string} name */
function download(blob, name) {
  const url = URL.createObjectURL(blob);
  follow(url, name);
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** @param {string} url @param {string} name */
function follow(url, name) {
  h("a", { href: url, download: name }).click();
}

/** All channels as on the screen, with numbers, scale and colour bar. @param {State} state @param {{ layerName: (index: number) => string, network: string }} names @returns {Promise<Blob>} */
function gridPicture(state, names) {
  const shown = shownOf(state);
  if (!shown) throw new Error(t("working"));
  const order = orderOf(state);
  const tallOf = (/** @type {import("actiscope/grid-view.js").Plan} */ each) => HEAD + Math.ceil(order.length / each.across) * each.rise + MARGIN;
  const asShown = planOf(state, shown.sprite, WIDTH - 2 * MARGIN, HEIGHT);
  const plan = tallOf(asShown) <= TALLEST ? asShown : planOf({ ...state, tile: 0 }, shown.sprite, WIDTH - 2 * MARGIN, HEIGHT);
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = tallOf(plan);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  heading(context, state, shown, names);
  const atlas = document.createElement("canvas");
  context.translate(MARGIN, HEAD);
  for (let first = 0; first < order.length; first += plan.across) {
    const row = order.slice(first, first + plan.across);
    paintAtlas(atlas, shown, row, 1);
    const { height, width } = shown.sprite.header;
    context.imageSmoothingEnabled = plan.width < width;
    row.forEach((channel, place) => {
      const [x, y] = [place * plan.step, (first / plan.across) * plan.rise];
      drawTile(context, atlas, [0, place * height, width, height], [x, y, plan.width, plan.height], isFlat(shown.sprite, channel));
      label(context, state, shown.sprite, channel, x, y, plan);
    });
  }
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("PNG")))));
}

/** @param {CanvasRenderingContext2D} context @param {State} state @param {import("actiscope/scaling.js").Shown} shown @param {{ layerName: (index: number) => string, network: string }} names */
function heading(context, state, shown, names) {
  const [low, high] = shown.limits(state.channel);
  const bar = document.createElement("canvas");
  paintBar(bar, shown.colours);
  context.fillStyle = "#222";
  context.font = "600 16px system-ui, sans-serif";
  context.fillText(`${names.network} · ${names.layerName(state.layer)}`, MARGIN, 28);
  context.font = "12px system-ui, sans-serif";
  const what = state.b ? ` · ${t(`show.${state.show}`)}` : "";
  context.fillText(`${t("ofLayer", shown.sprite.header)} · ${t("scale")}: ${t(`scale.${scaleOf(state)}`)}${what}`, MARGIN, 48);
  context.drawImage(bar, WIDTH - MARGIN - 260, 18, 260, 12);
  const whose = scaleOf(state) === "channel" ? `${t("channel", state)}: ` : "";
  context.fillText(whose + format(low), WIDTH - MARGIN - 260, 46);
  context.textAlign = "right";
  context.fillText(format(high), WIDTH - MARGIN, 46);
  context.textAlign = "left";
}
