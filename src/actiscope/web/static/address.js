// @ts-check
/** The view in the address, so that it can be sent, and back and forward work. */

/** @typedef {import("actiscope/types.js").State} State */
/** @typedef {import("actiscope/types.js").View} View */
/** @typedef {import("actiscope/types.js").NetworkInfo} NetworkInfo */

/** @type {View} */
export const DEFAULTS = {
  layer: 1, channel: 0, a: "", b: "", sort: "index", scale: "layer", lo: 0, hi: 1,
  map: "gray", show: "a", size: "own", tile: 0, pins: [],
  drive: "", sum: false, step: "fine", unit: null, regions: [], region: "", concept: "",
};
export const VIEW_KEYS = /** @type {(keyof View)[]} */ (Object.keys(DEFAULTS));

/** What a view may choose between. @type {Record<"sort" | "scale" | "show" | "drive" | "step", readonly string[]>} */
export const CHOICES = {
  sort: ["index", "strongest", "mean", "energy", "change", "selective", "auc", "active"],
  scale: ["layer", "channel", "percentile", "signed", "fixed"],
  show: ["a", "b", "change"],
  drive: ["", "grey", "blur", "inpaint"],
  step: ["fine", "coarse"],
};

/** @param {string} key @returns {key is keyof typeof CHOICES} */
const isChoice = (key) => Object.hasOwn(CHOICES, key);

/** The view that an address asks for; what it does not say, or says wrongly, is left out. @param {URLSearchParams} query @param {NetworkInfo} network @returns {Partial<View>} */
export function readAddress(query, network) {
  /** @type {Record<string, unknown>} */
  const found = {};
  for (const [key, text] of query) {
    const number = Number(text);
    if (key === "layer") found.layer = layerNamed(network, text);
    else if (key === "pins") found.pins = text.split(",").flatMap((pin) => readPin(pin, network));
    else if (isChoice(key)) found[key] = CHOICES[key].includes(text) ? text : undefined;
    else if (["channel", "tile"].includes(key)) found[key] = Number.isInteger(number) && number >= 0 ? number : undefined;
    else if (["lo", "hi"].includes(key)) found[key] = Number.isFinite(number) ? number : undefined;
    else if (["a", "b", "size", "region", "concept"].includes(key)) found[key] = text;
    else if (key === "sum") found.sum = text === "true";
    else if (key === "unit") found.unit = /^\d{1,5},\d{1,5}$/.test(text) ? text.split(",").map(Number) : undefined;
    else if (key === "regions") found.regions = text.split(";").flatMap(readRegion);
    else if (key === "map") found.map = Object.hasOwn(network.colormaps, text) ? text : undefined;
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** The address of a view: what differs from the defaults. @param {View} view @param {NetworkInfo} network @param {URLSearchParams} query what else the address says */
export function writeAddress(view, network, query) {
  const written = new URLSearchParams([...query].filter(([key]) => !(key in DEFAULTS)));
  for (const key of VIEW_KEYS) {
    if (key === "layer") written.set(key, network.layers[view.layer].name);
    else if (key === "pins") {
      if (view.pins.length) {
        written.set(key, view.pins.map((pin) => `${network.layers[pin.layer].name}:${pin.channel}`).join(","));
      }
    } else if (key === "regions") {
      if (view.regions.length) written.set(key, view.regions.map(({ name, box }) => `${name}=${box.join(",")}`).join(";"));
    } else if (view[key] !== DEFAULTS[key]) written.set(key, String(view[key]));
  }
  return `?${written}`.replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%2F", "/").replaceAll("%3D", "=").replaceAll("%3B", ";");
}

/** @param {NetworkInfo} network @param {string} name */
function layerNamed(network, name) {
  return network.layers.find((layer) => layer.name === name)?.index;
}

/** @param {string} text @param {NetworkInfo} network */
function readPin(text, network) {
  const at = text.lastIndexOf(":");
  const [layer, channel] = [layerNamed(network, text.slice(0, at)), Number(text.slice(at + 1))];
  return layer === undefined || !Number.isInteger(channel) || channel < 0 ? [] : [{ layer, channel }];
}

/** Read "NAME=x0,y0,x1,y1", as the command line does. @param {string} text @returns {import("actiscope/types.js").Region[]} */
function readRegion(text) {
  const at = text.lastIndexOf("=");
  const [name, box] = [text.slice(0, at).trim(), text.slice(at + 1).split(",").map(Number)];
  const fits = at > 0 && name && box.length === 4 && box.every(Number.isFinite) && box[0] < box[2] && box[1] < box[3];
  return fits ? [{ name, box: /** @type {[number, number, number, number]} */ (box) }] : [];
}
