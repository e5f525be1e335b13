// @ts-check
/** Whether the chosen channel answers to a concept, as a dissection over many pictures found. */

import { fill, find, h } from "actiscope/dom.js";
import { dissectionOf, dissectionsOf } from "actiscope/evidence-ranks.js";
import { t } from "actiscope/texts.js";

/** @typedef {import("actiscope/types.js").State} State */
/** @typedef {import("actiscope/types.js").Dissection} Dissection */
/** @typedef {import("actiscope/types.js").ChannelAnswer} ChannelAnswer */
/** @typedef {import("actiscope/store.js").Store} Store */

const SIGNIFICANT = 0.05;

/** @param {Store} store */
export function mountDissection(store) {
  const place = find("#dissection", HTMLElement);
  let isOpen = false;

  function draw() {
    const { state } = store;
    const found = dissectionOf(state);
    const at = found?.channels.findIndex(({ channel }) => channel === state.channel) ?? -1;
    place.hidden = !found || at < 0;
    if (!found || at < 0) return;
    const caveats = h("details", { class: "caveats", open: isOpen, ontoggle: () => (isOpen = caveats.open) },
      h("summary", {}, t("dissection.doubts", { count: found.caveats.length })), t("dissection.english") && h("p", {}, t("dissection.english")), h("ul", { lang: "en" }, found.caveats.map((each) => h("li", {}, each))));
    fill(place, heading(state, found), answer(found, found.channels[at]), interval(found, found.channels[at]),
      h("p", {}, t("dissection.rank", { rank: at + 1, count: found.channels.length, having: found.with_concept, rest: found.without_concept, size: found.size.join(" × ") })),
      h("p", {}, control(found)), found.caveats.length > 0 && caveats);
  }

  /** @param {State} state @param {Dissection} found */
  function heading(state, { concept }) {
    const concepts = dissectionsOf(state).map((each) => each.concept);
    const select = h("select", { "aria-label": t("concept"), onchange: () => store.set({ concept: select.value }) },
      concepts.map((value) => h("option", { value, selected: value === concept }, value)));
    return h("h3", {}, t("dissection"), concepts.length > 1 ? select : h("q", {}, concept));
  }

  store.on(["layer", "channel", "concept"], draw);
}

/** @param {Dissection} found @param {ChannelAnswer} channel */
function answer({ confidence }, { auc, low, high, q, iou, hit_rate: hits }) {
  return h("p", { class: "said", "data-auc": auc },
    h("b", {}, `AUC ${auc.toFixed(3)}`), " ", t("dissection.interval", { percent: Math.round(100 * confidence), low: low.toFixed(3), high: high.toFixed(3) }),
    `, q = ${Number(q.toPrecision(2))} `, h("i", {}, t(q < SIGNIFICANT ? (auc > 0.5 ? "dissection.yes" : "dissection.less") : "dissection.no")),
    iou != null && h("span", {}, t("dissection.where", { iou: iou.toFixed(3), hits: Math.round(100 * (hits ?? 0)) })));
}

/** The area and its interval on a line from 0 to 1, with chance and the control. @param {Dissection} found @param {ChannelAnswer} channel */
function interval({ controls }, { auc, low, high }) {
  /** @param {string} kind @param {number} from @param {number} [to] */
  const mark = (kind, from, to = from) => {
    const element = h("i", { class: kind });
    [element.style.left, element.style.width] = [`${100 * from}%`, kind === "span" ? `${100 * (to - from)}%` : ""];
    return element;
  };
  return h("div", { class: "auc", "aria-hidden": "true" }, mark("chance", 0.5), controls.map((each) => mark("random", each.auc)), mark("span", low, high), mark("dot", auc),
    ["0", "0.5", "1"].map((text) => h("small", {}, text)));
}

/** @param {Dissection} found */
function control({ controls }) {
  if (!controls.length) return t("dissection.noRandom");
  const count = Math.max(...controls.map(({ significant }) => significant));
  return t("dissection.random", { networks: controls.length, auc: Math.max(...controls.map(({ auc }) => auc)).toFixed(3), count });
}
