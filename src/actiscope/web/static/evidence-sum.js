// @ts-check
/** What the chosen channel's value is the sum of: the channels of an earlier layer, from which one can go on. */

import { fill, find, format, h } from "actiscope/dom.js";
import { messageOf } from "actiscope/errors.js";
import { oneAtATime } from "actiscope/evidence-loading.js";
import { followedPicture } from "actiscope/evidence-maps.js";
import { t } from "actiscope/texts.js";

/** @typedef {import("actiscope/types.js").State} State */
/** @typedef {import("actiscope/types.js").Source} Source */
/** @typedef {import("actiscope/types.js").Sum} Sum */
/** @typedef {import("actiscope/store.js").Store} Store */

/** Milliseconds before a value is divided: who leafs through channels asks for nothing. */
const PATIENCE = 150;

/** @param {Store} store @param {Source} source @param {{ layerName: (layer: number) => string }} names */
export function mountSum(store, source, { layerName }) {
  const button = find("#divide", HTMLButtonElement);
  const panel = find("#sum", HTMLElement);
  const loading = oneAtATime(store);
  /** What was found for a view, or why nothing was. @type {{ key: string, found: Sum | null, why: string }} */
  let known = { key: "", found: null, why: "" };

  const { sum } = source;
  button.hidden = !sum;
  if (!sum) return { toggle() {} };
  function toggle() {
    if (!known.found) known.key = "";
    store.set({ sum: !store.state.sum });
  }
  button.addEventListener("click", toggle);

  /** @param {State} state */
  const keyOf = (state) => [followedPicture(state), state.layer, state.size, state.channel, state.unit?.join(",") ?? ""].join("/");

  function refresh() {
    const { state } = store;
    const key = keyOf(state);
    loading.stop();
    if (state.sum && !state.live && known.key !== key) {
      const { layer, channel, size, unit } = state;
      void loading.run(PATIENCE, async (signal) => {
        /** @type {typeof known} */
        const told = { key, found: null, why: t("sum.no") };
        try {
          told.found = await /** @type {NonNullable<Source["sum"]>} */ (sum)(followedPicture(state), { layer, channel, size, unit }, signal);
        } catch (error) {
          told.why = messageOf(error);
        }
        if (signal.aborted) return;
        known = told;
        draw();
      });
    }
    draw();
  }

  function draw() {
    const { state } = store;
    button.setAttribute("aria-pressed", String(state.sum));
    panel.hidden = !state.sum || state.live;
    const isThere = known.key === keyOf(state);
    panel.dataset.made = isThere ? known.key : "";
    if (panel.hidden) return;
    if (!isThere) fill(panel, h("h3", {}, t("sum")), h("progress", { "aria-label": t("sum.making") }));
    else if (!known.found) fill(panel, h("h3", {}, t("sum")), h("p", {}, known.why));
    else fill(panel, h("h3", {}, t("sum")), sentence(known.found), table(known.found));
  }

  /** @param {Sum} found */
  function sentence({ value, unit: [row, col], through }) {
    return h("p", { class: "said" }, h("b", { "data-value": value }, format(value)), " ", t("sum.says", { row, col, layer: layerName(through) }));
  }

  /** @param {Sum} found */
  function table({ shares, others, rest, nothing, through }) {
    const most = Math.max(...shares.map(({ share }) => Math.abs(share)), Math.abs(rest), Math.abs(nothing)) || 1;
    /** @param {string | Node} what @param {number} share @param {Record<string, unknown>} more */
    const line = (what, share, more = {}) => h("tr", { "data-share": share, ...more }, h("td", {}, what), h("td", {}, bar(share / most)), h("td", {}, `${share > 0 ? "+" : ""}${format(share)}`));
    return h("table", {}, h("tbody", {},
      shares.map(({ channel, share }) => line(
        h("button", { title: t("sum.go"), onclick: () => store.set({ layer: through, channel, unit: null }) }, t("sum.channel", { channel })), share, { "data-channel": channel })),
      others > 0 && line(t("sum.others", { count: others }), rest),
      line(t("sum.nothing", { layer: layerName(through) }), nothing)));
  }

  store.on(["sum", "channel", "unit", "layer", "a", "b", "show", "size", "live"], refresh);
  return { toggle };
}

/** A bar from the middle, to the right for what adds. @param {number} share -1 to 1 */
function bar(share) {
  const length = h("i", { class: share < 0 ? "less" : "more" });
  length.style.width = `${50 * Math.abs(share)}%`;
  return h("span", { class: "share" }, length);
}
