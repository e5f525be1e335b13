// @ts-check
/** The order of channels by evidence. */

import { keyOf } from "actiscope/sprite.js";

/** @typedef {import("actiscope/types.js").State} State */
/** @typedef {import("actiscope/types.js").View} View */
/** @typedef {import("actiscope/types.js").Dissection} Dissection */
/** @typedef {import("actiscope/types.js").RegionChanges} RegionChanges */

/** What names the changes that a view asks for. @param {State} state */
export const changesKeyOf = (state) => `${keyOf(state.a, state)} ${state.b} ${JSON.stringify(state.regions)}`;

/** The changes in all regions, if they are those of the view. @param {State} state @returns {RegionChanges[]} */
export const changesOf = (state) => (state.b && state.changes?.key === changesKeyOf(state) ? state.changes.regions : []);

/** The name of the region that channels are ranked by. @param {State} state */
export const chosenRegion = ({ region, regions }) => (regions.some(({ name }) => name === region) ? region : regions[0]?.name ?? "");

/** The changes in the region that channels are ranked by, if they are there. @param {State} state @returns {RegionChanges | null} */
export function rankedOf(state) {
  const found = changesOf(state);
  return found.find(({ name }) => name === chosenRegion(state)) ?? found[0] ?? null;
}

/** The dissections of the layer. @param {State} state */
export const dissectionsOf = ({ dissections, layer }) => dissections.filter((each) => each.layer === layer);

/** The dissection that is shown: that of the concept that was chosen, or else the first. @param {State} state */
export function dissectionOf(state) {
  const found = dissectionsOf(state);
  return found.find(({ concept }) => concept === state.concept) ?? found[0] ?? null;
}

/** The view that begins with the best channel of a dissection. @param {Dissection} found @returns {Partial<View>} */
export function bestOf({ layer, channels }) {
  const best = channels.reduce((one, other) => (other.auc > one.auc ? other : one));
  return { layer, channel: best.channel, sort: "auc" };
}

/** How well a channel tells the concept from the rest. @param {State} state @returns {((channel: number) => number) | null} */
export function areaOf(state) {
  const found = dissectionOf(state);
  if (!found) return null;
  const areas = new Map(found.channels.map(({ channel, auc }) => [channel, auc]));
  return (channel) => areas.get(channel) ?? -1;
}

/** How early a channel comes by selectivity. @param {State} state @returns {((channel: number) => number) | null} */
export function selectivityOf(state) {
  const ranked = rankedOf(state);
  if (!ranked) return null;
  const ranks = new Map(ranked.channels.map(({ inside, rank }) => [inside.channel, rank]));
  return (channel) => -(ranks.get(channel) ?? ranks.size + 1);
}
