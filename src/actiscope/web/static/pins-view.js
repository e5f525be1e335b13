// @ts-check
/** Channels that are pinned, of any layer, side by side. */

import { fill, find, h } from "actiscope/dom.js";
import { channelCanvas } from "actiscope/painting.js";
import { shownOf } from "actiscope/scaling.js";
import { t } from "actiscope/texts.js";

/** @typedef {import("actiscope/types.js").Pin} Pin */
/** @typedef {import("actiscope/store.js").Store} Store */

/** @param {Pin} one @param {Pin} other */
const same = (one, other) => one.layer === other.layer && one.channel === other.channel;

/** Pin the chosen channel, or let it go. @param {Store} store */
export function togglePin(store) {
  const pin = { layer: store.state.layer, channel: store.state.channel };
  const others = store.state.pins.filter((each) => !same(each, pin));
  store.set({ pins: others.length < store.state.pins.length ? others : [...others, pin] });
}

/** @param {Store} store @param {import("actiscope/loading.js").Sprites} sprites @param {{ layerName: (index: number) => string }} names */
export function mountPins(store, sprites, names) {
  const place = find("#pins", HTMLElement);
  const button = find("#pin", HTMLButtonElement);
  button.addEventListener("click", () => togglePin(store));

  store.on(["pins", "layer", "channel"], ({ pins, layer, channel }) => {
    const pinned = pins.some((pin) => same(pin, { layer, channel }));
    button.setAttribute("aria-pressed", String(pinned));
    fill(button, t(pinned ? "unpin" : "pin"));
  });
  store.on(["pins", "a", "size", "scale", "map", "lo", "hi", "live"], async ({ pins, a, size, live }) => {
    if (live) return;
    const found = await Promise.all(pins.map((pin) => sprites(a, { layer: pin.layer, size }).catch(() => null)));
    const { state } = store;
    if (state.pins !== pins || state.a !== a || state.size !== size) return;
    fill(place, pins.length > 0 && h("h3", {}, t("pins")), ...pins.map((pin, index) => {
      const spriteA = found[index];
      const shown = spriteA && shownOf({ ...state, spriteA, spriteB: null, show: "a" });
      return h("button", { class: "pin", title: `${names.layerName(pin.layer)}, ${t("channel", pin)}`, onclick: () => store.set(pin) },
        shown && pin.channel < shown.sprite.header.channels && channelCanvas(shown, pin.channel),
        h("span", {}, `${names.layerName(pin.layer)}:${pin.channel}`));
    }));
  });
}
