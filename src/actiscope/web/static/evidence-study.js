// @ts-check
/** A study: its claims, what became of them, and what each compares. */

import { fill, find, h } from "actiscope/dom.js";
import { t } from "actiscope/texts.js";

/** @typedef {import("actiscope/types.js").State} State */
/** @typedef {import("actiscope/types.js").Study} Study */
/** @typedef {import("actiscope/types.js").Claim} Claim */
/** @typedef {import("actiscope/types.js").Source} Source */
/** @typedef {import("actiscope/types.js").NetworkInfo} NetworkInfo */
/** @typedef {import("actiscope/store.js").Store} Store */

/** The view in which a claim can be seen. @param {Study} study @param {Claim} claim @returns {Partial<State>} */
export const viewOf = ({ layer, regions, size }, { channel, region, a, b }) => ({ layer, regions, size, channel, region, a, b });

/** @param {Store} store @param {Study | null} study @param {Source} source @param {NetworkInfo} network */
export function mountStudy(store, study, source, network) {
  const place = find("#study", HTMLDetailsElement);
  place.hidden = !study;
  if (!study) return;
  const { claims } = study;
  const wrong = claims.filter((claim) => !claim.as_expected).length;
  const buttons = claims.map((claim) => h("button", {
    class: claim.as_expected ? "good" : "bad", onclick: () => store.set({ ...viewOf(study, claim), unit: null, editing: false, live: false, strokes: [] }),
  }, h("b", {}, claim.as_expected ? "✓" : "✗"), h("span", {}, h("span", { lang: "en" }, claim.text),
    h("small", {}, `${t(`claim.${claim.control ? "control." : ""}${claim.holds ? "holds" : "fails"}`)}: `, h("span", { lang: "en" }, claim.found)), h("small", { class: "lacking" }))));

  /** Why a claim cannot be looked at here, if so. @param {Claim} claim @param {State} state */
  function lacking({ a, b }, { pictures }) {
    if (![a, b].every((id) => pictures.some((each) => each.id === id))) return t("claim.pictures");
    if (source.layers && !source.layers.includes(study?.layer ?? 0)) return t("noData");
    return source.layers && !network.sizes.includes(study?.size ?? "") ? t("claim.size") : "";
  }
  /** @param {boolean} isControl */
  const listed = (isControl) => buttons.filter((_, index) => claims[index].control === isControl);
  const controls = listed(true);
  fill(place, h("summary", {}, h("b", {}, study.title), h("span", { class: wrong ? "bad" : "good" }, t(wrong ? "study.wrong" : "study.right", { wrong, count: claims.length }))),
    h("div", {}, t("study.english") && h("p", {}, t("study.english")), listed(false), controls.length > 0 && h("p", {}, t("study.controls")), controls, study.text && h("p", {}, study.text)));

  store.on(["a", "b", "layer", "channel", "region", "pictures"], (state) => {
    const { a, b, layer, channel, region } = state;
    claims.forEach((claim, index) => {
      const isShown = claim.a === a && claim.b === b && claim.channel === channel && claim.region === region && study.layer === layer;
      buttons[index].setAttribute("aria-pressed", String(isShown));
      const why = lacking(claim, state);
      buttons[index].disabled = Boolean(why);
      fill(find(".lacking", HTMLElement, buttons[index]), why);
    });
  });
}
