// @ts-check
/** What has to hold of a view, whoever changes it. */

/** @typedef {import("actiscope/types.js").State} State */
/** @typedef {import("actiscope/types.js").NetworkInfo} NetworkInfo */

/** Bring a state to one that makes sense: no change without a second picture, no channel that the layer lacks. @param {NetworkInfo} network @returns {(state: State) => State} */
export function settler({ layers }) {
  return (state) => {
    const { size, axes } = layers[state.layer];
    const channels = axes === "TC" ? size[1] : size[0];
    return {
      ...state,
      show: state.b ? state.show : "a",
      sort: state.b || !["change", "selective"].includes(state.sort) ? state.sort : "index",
      marking: state.marking && !state.editing && !state.live,
      channel: channels ? Math.min(state.channel, channels - 1) : state.channel,
    };
  };
}
