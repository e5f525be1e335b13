// @ts-check
/** What changed from A to B in the regions: the chosen channel in words, and the channels by how selectively they changed. */

import { fill, find, format, formatPercent, h } from "actiscope/dom.js";
import { oneAtATime } from "actiscope/evidence-loading.js";
import { changesKeyOf, changesOf, rankedOf } from "actiscope/evidence-ranks.js";
import { language, t } from "actiscope/texts.js";

/** @typedef {import("actiscope/types.js").State} State */
/** @typedef {import("actiscope/types.js").Source} Source */
/** @typedef {import("actiscope/types.js").Change} Change */
/** @typedef {import("actiscope/types.js").RegionChanges} RegionChanges */
/** @typedef {import("actiscope/types.js").Selectivity} Selectivity */
/** @typedef {import("actiscope/store.js").Store} Store */

/** Milliseconds before changes are asked for, while a brush may still be at work. */
const PATIENCE = 80;
const LISTED = 6;

/** @param {Store} store @param {Source} source */
export function mountChanges(store, source) {
  const place = find("#changes", HTMLElement);
  const loading = oneAtATime(store);

  /** Why nothing can be said, if so. @param {State} state */
  function trouble({ a, b, pictures, spriteA }) {
    const [first, second] = [a, b].map((id) => pictures.find((each) => each.id === id));
    if (first?.height !== second?.height || first?.width !== second?.width) return t("changes.sizes");
    return spriteA && !spriteA.header.geometry ? t("changes.everything") : "";
  }

  function refresh() {
    const { state } = store;
    const key = changesKeyOf(state);
    if (!state.b || state.live || trouble(state) || state.changes?.key === key) loading.stop();
    else {
      const { a, b, layer, size, regions } = state;
      void loading.run(PATIENCE, async (signal) => {
        const found = await source.changes({ a, b, layer, size, regions }, signal);
        if (!signal.aborted) store.set({ changes: { key, regions: found ?? [] } });
      });
    }
  }

  function draw() {
    const { state } = store;
    place.hidden = !state.b || state.live;
    if (place.hidden) return;
    const ranked = rankedOf(state);
    place.dataset.made = ranked ? changesKeyOf(state) : "";
    const why = trouble(state) || (state.changes?.key === changesKeyOf(state) && t("changes.none"));
    fill(place, h("h3", {}, t("changes")), !ranked && why && h("p", {}, why),
      changesOf(state).map((each) => sentence(each, state.channel)), ranked && table(ranked, state.channel));
  }

  /** @param {RegionChanges} ranked @param {number} channel */
  function table(ranked, channel) {
    const outside = ranked.channels.find((one) => one.outside)?.outside;
    const own = ranked.channels.filter(({ inside, rank }) => rank > LISTED && inside.channel === channel);
    return h("table", {}, h("caption", {}, t("changes.ranked", { region: nameOf(ranked.name) })),
      h("thead", {}, h("tr", {}, ["", t("channel."), t("changes.inside"), outside ? whereOf(outside) : t("elsewhere"), t("changes.selectivity")].map((head) => h("th", {}, head)))),
      h("tbody", {}, [...ranked.channels.slice(0, LISTED), ...own].map((one) => line(one, channel))));
  }

  /** @param {Selectivity} one @param {number} channel */
  function line({ rank, inside, outside, selectivity }, channel) {
    return h("tr", { "aria-current": inside.channel === channel ? "true" : null, "data-channel": inside.channel, onclick: () => store.set({ channel: inside.channel }) },
      h("td", {}, rank), h("td", {}, h("button", {}, inside.channel)), h("td", {}, percent(inside)), h("td", {}, outside ? percent(outside) : "–"), h("td", {}, selectivity.toFixed(2)));
  }

  store.on(["a", "b", "layer", "size", "regions", "live", "spriteA"], refresh);
  store.on(["changes", "channel", "region", "regions", "a", "b", "layer", "size", "live", "spriteA"], draw);
}

/** @param {RegionChanges} changes @param {number} channel */
function sentence({ name, channels }, channel) {
  const one = channels.find(({ inside }) => inside.channel === channel);
  if (!one) return null;
  const values = { channel, region: nameOf(name), inside: percent(one.inside), rank: ordinal(one.rank), count: one.channels,
    outside: one.outside ? t("changes.andOutside", { outside: percent(one.outside), where: whereOf(one.outside) }) : "" };
  return h("p", { class: "said", "data-region": name }, t("changes.says", values));
}

/** What the units in no region are called: elsewhere, unless there are several. @param {Change} outside */
const whereOf = ({ region }) => t(region === "elsewhere" ? "elsewhere" : "outside");

/** @param {string} name */
const nameOf = (name) => (name === "the change" ? t("theChange") : name);

/** @param {Change} change */
function percent({ percent: share, before, after }) {
  return share === null ? t("changes.to", { before: format(before), after: format(after) }) : formatPercent(share);
}

/** @type {Record<string, string>} */
const ENDINGS = { one: "st", two: "nd", few: "rd", other: "th" };
const ORDINALS = new Intl.PluralRules("en", { type: "ordinal" });

/** A place in a row, as the language says it. @param {number} rank */
const ordinal = (rank) => (language === "en" ? `${rank}${ENDINGS[ORDINALS.select(rank)]}` : String(rank));
