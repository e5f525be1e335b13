// @ts-check
/** What the chosen channel answers to over a collection, where there is an index of one. */

import { coloursOver, keepPictures, paintBars, paintPatches } from "actiscope/cards-painting.js";
import { fill, find, format, formatShare, h, onNextFrame } from "actiscope/dom.js";
import { messageOf } from "actiscope/errors.js";
import { t } from "actiscope/texts.js";

/** @typedef {import("actiscope/types.js").NetworkInfo} NetworkInfo */
/** @typedef {import("actiscope/types.js").CardSource} CardSource */
/** @typedef {import("actiscope/store.js").Store} Store */
/** @typedef {import("actiscope/cards-painting.js").Card} Card */
/** @typedef {import("actiscope/cards-painting.js").Patch} Patch */

const ACROSS = 4;
const GAP = 6;
const TALL = 36;
/** How many layers of the index are named where it lacks one. */
const NAMED = 4;
/** Milliseconds that a channel is looked at before its card is asked for: arrow keys pass many. */
const PATIENCE = 120;

/** @param {Store} store @param {CardSource} source @param {NetworkInfo} network */
export function mountCards(store, source, network) {
  const place = find("#cards", HTMLElement);
  const { indexed } = network;
  place.hidden = !indexed;
  if (!indexed) return;
  const colours = coloursOver(network.colormaps.viridis);
  const pictures = keepPictures(source.pictureUrl);
  const how = { colours, pictures, across: 1, kinds: /** @type {import("actiscope/cards-painting.js").Kind[]} */ (["plain", "over"]) };
  let asking = new AbortController();
  let waiting = 0;
  /** @type {Card | null} */
  let shown = null;

  const names = indexed.layers.map((index) => network.layers[index].name);
  const named = names.slice(0, NAMED).join(", ") + (names.length > NAMED ? " …" : "");
  /** @param {number} count */
  const imagesOf = (count) => t(indexed.finished ? "cards.images" : "cards.imagesSoFar", { count });

  /** @param {...(import("actiscope/dom.js").Child)} children */
  const say = (...children) => fill(place, h("h3", {}, t("cards"), h("small", {}, imagesOf(indexed.images))), ...children);

  function load() {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    const { layer, channel } = store.state;
    place.classList.add("stale");
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      try {
        const card = await source.card(layer, channel, signal);
        if (!signal.aborted) show(card);
      } catch (error) {
        if (!signal.aborted) say(h("p", {}, messageOf(error)));
      }
    }, PATIENCE);
  }

  /** @param {Card} card */
  function show(card) {
    shown = card;
    const badge = card.dead ? h("b", { class: "badge dead", title: t("cards.deadHint") }, t("cards.dead"))
      : card.always_on && h("b", { class: "badge", title: t("cards.alwaysHint") }, t("cards.always"));
    const lost = card.patches.filter(({ trouble }) => trouble).length;
    const bars = h("canvas", { class: "bars", role: "img", "aria-label": t("histogram") });
    /** @type {[string, string][]} */
    const facts = [
      [t("cards.active"), formatShare(card.active)], [t("cards.above"), formatShare(card.above)],
      [t("mean"), format(Number(card.mean.toPrecision(4)))], [t("deviation"), format(Number(card.deviation.toPrecision(4)))],
      ...card.quantiles.filter(([share]) => share === 0.5 || share === 0.99)
        .map(([share, value]) => /** @type {[string, string]} */ ([t(share === 0.5 ? "cards.median" : "cards.most"), `${value ? `${t("about")} ` : ""}${format(Number(value.toPrecision(4)))}`])),
    ];
    fill(place,
      h("h3", {}, t("cards"), badge, h("small", {}, imagesOf(card.images))),
      h("div", { class: "patches" }, card.patches.map(patchOf)),
      card.patches.length === 0 && h("p", {}, t("cards.nothing")),
      lost > 0 && h("p", { class: "lost" }, t("cards.lost", { count: lost })),
      bars, h("p", { class: "ends" }, h("span", {}, format(Number(card.low.toPrecision(4)))), h("span", {}, format(Number(card.high.toPrecision(4))))),
      h("dl", {}, facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))));
    place.dataset.channel = `${store.state.layer} ${card.channel}`;
    place.classList.remove("stale");
    paint();
  }

  /** @param {Patch} patch */
  function patchOf(patch) {
    const told = { ...patch, value: format(Number(patch.value.toPrecision(4))) };
    const label = patch.trouble ? `${patch.name}: ${patch.trouble}` : t(source.open ? "cards.open" : "cards.shown", told);
    return h("button", { title: label, "aria-label": label, disabled: Boolean(patch.trouble) || !source.open, onclick: () => void open(patch) },
      h("canvas", {}), h("span", {}, told.value));
  }

  function paint() {
    if (!shown || !place.clientWidth) return;
    const side = Math.floor((place.clientWidth - (ACROSS - 1) * GAP) / ACROSS);
    const canvases = place.querySelectorAll("button canvas");
    shown.patches.forEach((patch, number) => {
      void paintPatches(/** @type {HTMLCanvasElement} */ (canvases[number]), [patch], { ...how, side });
    });
    paintBars(find("canvas.bars", HTMLCanvasElement, place), shown, place.clientWidth, TALL);
  }

  /** Look at the picture of a patch, and follow its unit. @param {Patch} patch */
  async function open(patch) {
    try {
      const added = await /** @type {NonNullable<CardSource["open"]>} */ (source.open)(patch.image);
      const others = store.state.pictures.filter(({ id }) => id !== added.id);
      store.set({ pictures: [...others, added], a: added.id, b: "", show: "a", size: indexed?.size ?? "own", unit: [patch.row, patch.col], strokes: [], editing: false, live: false });
      find("#focus", HTMLElement).scrollTop = 0;
    } catch (error) {
      store.set({ problem: messageOf(error) });
    }
  }

  store.on(["layer", "channel"], ({ layer }) => {
    if (indexed.layers.includes(layer)) return load();
    asking.abort();
    clearTimeout(waiting);
    shown = null;
    place.classList.remove("stale");
    say(h("p", {}, t("cards.none", { layers: named })));
  });
  store.on(["layer"], async ({ layer }) => {
    if (!indexed.layers.includes(layer) || store.state.shares?.layer === layer) return;
    const found = await source.layer(layer).catch(() => null);
    if (found) store.set({ shares: { layer, active: found.map(({ active }) => active) } });
  });
  new ResizeObserver(onNextFrame(paint)).observe(place);
}
