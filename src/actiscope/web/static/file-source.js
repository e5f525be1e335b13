// @ts-check
/** Data from the file that the page is in: nothing is computed, nothing is fetched. */

import { readSprite } from "actiscope/sprite.js";
import { t } from "actiscope/texts.js";

/** @typedef {import("actiscope/types.js").Source} Source */
/** @typedef {import("actiscope/types.js").Score} Score */
/** @typedef {import("actiscope/types.js").Region} Region */
/** @typedef {import("actiscope/cards-painting.js").Card} Card */

/**
 * @typedef {object} Inlined
 * @property {import("actiscope/types.js").NetworkInfo} network
 * @property {(import("actiscope/types.js").Picture & { png: string })[]} pictures
 * @property {string} size
 * @property {Record<string, string>} sprites by picture/layer: base64 of a compressed sprite
 * @property {Record<string, string>} thumbnails by picture
 * @property {Record<string, Score[]>} classes by picture
 * @property {import("actiscope/types.js").Exhibits} evidence
 * @property {{ address?: string }} [view] what was on the screen
 * @property {{ layers: Record<string, Card[]>, pictures: Record<string, string> }} [cards] by layer; addresses of pictures by their ids
 */

/** @param {string} text base64 of a zlib stream */
async function unpack(text) {
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return readSprite(await new Response(stream).arrayBuffer());
}

/** @param {Region[]} some @param {Region[]} others */
const sameRegions = (some, others) => some.length === others.length
  && some.every(({ name, box }, index) => name === others[index].name && box.join() === others[index].box.join());

/** @param {Inlined} data @returns {Source} */
export function fileSource(data) {
  const layers = [...new Set(Object.keys(data.sprites).map((key) => Number(key.split("/")[1])))];
  const seen = data.evidence.seen ?? { drives: [], sums: [], changes: [] };
  return {
    network: async () => ({ ...data.network, sizes: [data.size] }),
    pictures: async () => data.pictures.map(({ png: _, ...picture }) => picture),
    pictureUrl: (picture) => `data:image/png;base64,${data.pictures.find(({ id }) => id === picture)?.png ?? ""}`,
    layer: async (picture, layer) => {
      const packed = data.sprites[`${picture}/${layer}`];
      if (!packed) throw new Error(t("noDataHere"));
      return unpack(packed);
    },
    channel: async () => null,
    thumbnails: async (picture) => unpack(data.thumbnails[picture]),
    classes: async (picture) => data.classes[picture] ?? [],
    add: null,
    edit: null,
    exhibits: async () => data.evidence,
    drives: seen.drives.length ? async (picture, asked) => seen.drives.find((each) => each.picture === picture && each.layer === asked.layer
      && each.channel === asked.channel && each.fill === asked.fill && each.step === asked.step && each.of === (asked.unit && asked.unit.join(","))) ?? null : null,
    sum: seen.sums.length ? async (picture, asked) => {
      const found = seen.sums.find((each) => each.picture === picture && each.layer === asked.layer
        && each.channel === asked.channel && each.of === (asked.unit && asked.unit.join(",")));
      if (!found) throw new Error(t("sum.none"));
      return found;
    } : null,
    changes: async (asked) => [...seen.changes, ...(data.evidence.study?.changes ?? [])].find(({ a, b, layer, regions }) =>
      a === asked.a && b === asked.b && layer === asked.layer && sameRegions(regions, asked.regions))?.found ?? null,
    valuesUrl: null,
    report: null,
    cards: {
      layer: async (layer) => data.cards?.layers[layer] ?? [],
      card: async (layer, channel) => /** @type {Card[]} */ (data.cards?.layers[layer])[channel],
      pictureUrl: (image) => data.cards?.pictures[image] ?? "",
      open: null,
    },
    layers: layers.sort((a, b) => a - b),
    address: data.view?.address ?? "",
  };
}
