// @ts-check
/** What has to hold of a view, whoever changes it. */

import { t } from "actiscope/texts.js";

/** @typedef {import("actiscope/types.js").State} State */
/** @typedef {import("actiscope/types.js").NetworkInfo} NetworkInfo */

/** Bring a state to one that makes sense: no change without a second picture, no channel that the layer lacks, no region that is not marked. @param {NetworkInfo} network @returns {(state: State) => State} */
export function settler({ layers }) {
  return (state) => {
    const { size, axes } = layers[state.layer];
    const channels = axes === "TC" ? size[1] : size[0];
    return {
      ...state,
      show: state.b ? state.show : "a",
      sort: state.b || !["change", "selective"].includes(state.sort) ? state.sort : "index",
      marking: state.marking && !state.editing && !state.live,
      region: state.regions.some(({ name }) => name === state.region) ? state.region : "",
      channel: channels ? Math.min(state.channel, channels - 1) : state.channel,
    };
  };
}

/** What a view has to give up where a layer answers with less than it takes for granted, and what is said of it. @param {State} state @param {import("actiscope/types.js").SpriteHeader} header @returns {Partial<State>} */
export function fitted({ channel, unit }, { channels, height, width }) {
  const most = channels - 1;
  return {
    ...(channel > most ? { channel: most, problem: t("noChannel", { channel, most }) } : {}),
    ...(unit && (unit[0] >= height || unit[1] >= width)
      ? { unit: null, problem: t("noUnit", { row: unit[0], col: unit[1], rows: height - 1, cols: width - 1 }) } : {}),
  };
}
