// @ts-check
/** The chosen channel: over the picture, in numbers, and beside pinned ones. */

import { contextOf, fill, find, format, h, styleColour } from "actiscope/dom.js";
import { photoView } from "actiscope/photo-view.js";
import { changeOf, chosenSprite } from "actiscope/scaling.js";
import { fieldOf } from "actiscope/seeing.js";
import { areAlike, channelValues, difference, followedOf, isCurrent, isFlat, peakOf, unitsOf, valueAt } from "actiscope/sprite.js";
import { t } from "actiscope/texts.js";

/** @typedef {import("actiscope/types.js").State} State */
/** @typedef {import("actiscope/types.js").Sprite} Sprite */
/** @typedef {import("actiscope/types.js").Source} Source */
/** @typedef {import("actiscope/store.js").Store} Store */

const BINS = 48;

/** @param {Store} store @param {Source} source @param {{ layerName: (index: number) => string }} names */
export function mountFocus(store, source, names) {
  const heading = find("#focus h2", HTMLElement);
  const readout = find("#readout", HTMLElement);
  const numbers = find("#numbers", HTMLElement);
  const histogram = find("#histogram", HTMLCanvasElement);
  const opacity = find("#opacity", HTMLInputElement);
  const photos = { a: photoView(store, source, "a"), b: photoView(store, source, "b") };
  fill(find("#photos", HTMLElement), photos.a.element, photos.b.element);
  histogram.setAttribute("aria-label", t("histogram"));
  opacity.addEventListener("input", () => store.set({ opacity: Number(opacity.value) }));

  store.on(["channel", "layer"], ({ channel, layer }) => fill(heading, h("span", {}, t("channel", { channel })), h("small", {}, names.layerName(layer))));
  store.on(["channel", "layer", "a", "b", "size", "spriteA", "spriteB", "exactA", "exactB", "show"], (state) => {
    const values = valuesOf(state);
    fill(numbers, ...(values ? describe(state, values) : []));
    histogram.hidden = !values || unitsOf(values.sprite) === 1;
    drawHistogram(histogram, values);
  });
  store.on(["hover", "layer", "a", "b", "size", "exactA", "exactB", "spriteA", "spriteB", "channel", "show", "unit"], (state) => fill(readout, ...readOff(state, photos.a.element.dataset.point ?? photos.b.element.dataset.point)));
  return photos;
}

/** The values of the chosen channel, of what is shown: true ones, or else those of the sprite. @param {State} state @param {"a" | "b"} which picture, unless it is the change that is shown */
function valuesOf(state, which = state.show === "b" ? "b" : "a") {
  const sprite = chosenSprite({ ...state, show: state.show === "change" ? "change" : which });
  if (!sprite || !isCurrent(state) || state.channel >= sprite.header.channels) return null;
  const { exactA, exactB } = state;
  const isChange = sprite !== state.spriteA && sprite !== state.spriteB;
  const exact = isChange ? exactA && exactB && exactB.map((value, unit) => value - exactA[unit]) : sprite === state.spriteB ? exactB : exactA;
  const fits = exact && exact.length === unitsOf(sprite);
  return { sprite, values: fits ? exact : channelValues(sprite, state.channel), exact: Boolean(fits), isChange };
}

/** @param {State} state @param {string | undefined} point */
function readOff(state, point) {
  const which = state.hover?.which ?? (state.show === "b" ? "b" : "a");
  const found = valuesOf(state, which);
  const own = which === "b" ? state.spriteB : state.spriteA;
  if (!found || !own) return [];
  const { sprite, values, exact, isChange } = found;
  const unit = state.hover ?? followedOf(sprite, state);
  const isFollowed = unit.row === state.unit?.[0] && unit.col === state.unit[1];
  const at = unit.row * sprite.header.width + unit.col;
  const box = fieldOf(own.header, unit.row, unit.col);
  const both = areAlike(state.spriteA, state.spriteB) && fromTo(state, at);
  const value = h("b", { "data-value": values[at] }, `${exact ? "" : `${t("about")} `}${format(values[at])}`);
  if (isFlat(sprite, state.channel) && !state.hover && !isFollowed) return [value, both, h("span", {}, t("dead"))];
  return [
    value, both,
    unitsOf(sprite) > 1 && h("span", {}, state.hover ? t("unit", unit) : `${t(isFollowed ? "followed" : isChange ? "changedMost" : "peak")}: ${t("unit", unit)}`),
    h("span", {}, box ? t("sees", edgesOf(box)) : t("seesAll")),
    state.hover && point ? h("span", {}, t("pixel", { row: point.split(", ")[0], col: point.split(", ")[1] })) : null,
  ];
}

/** The first and last pixels that a box touches. @param {import("actiscope/seeing.js").Box} box */
const edgesOf = ({ top, left, bottom, right }) => ({
  top: Math.floor(top), left: Math.floor(left), bottom: Math.max(0, Math.ceil(bottom) - 1), right: Math.max(0, Math.ceil(right) - 1),
});

/** @param {Float32Array | null} exact @param {Sprite | null} sprite @param {State} state @param {number} unit */
const oneOf = (exact, sprite, { channel }, unit) => exact?.[unit] ?? (sprite ? valueAt(sprite, channel, unit) : NaN);

/** @param {Float32Array} values */
const summary = (values) => ({
  low: values.reduce((a, b) => Math.min(a, b), Infinity),
  high: values.reduce((a, b) => Math.max(a, b), -Infinity),
  mean: values.reduce((a, b) => a + b, 0) / values.length,
});

/** The value of a unit in A and in B. @param {State} state @param {number} unit */
const fromTo = (state, unit) =>
  `${state.exactA && state.exactB ? "" : `${t("about")} `}A ${format(oneOf(state.exactA, state.spriteA, state, unit))} → B ${format(oneOf(state.exactB, state.spriteB, state, unit))}`;

/** @param {State} state @param {{ sprite: Sprite, values: Float32Array, isChange: boolean }} found */
function describe(state, { sprite, values, isChange }) {
  const { low, high, mean } = isChange ? summary(values) : { low: sprite.low[state.channel], high: sprite.high[state.channel], mean: sprite.mean[state.channel] };
  const finite = values.filter(Number.isFinite);
  const deviation = Math.sqrt(finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / finite.length);
  const measure = isChange ? changeOf(sprite) : (/** @type {number} */ channel) => sprite.high[channel];
  const own = measure(state.channel);
  const rank = 1 + sprite.high.reduce((count, _, channel) => count + Number(measure(channel) > own || (measure(channel) === own && channel < state.channel)), 0);
  /** @type {[string, string][]} */
  const rows = [
    [t("min"), format(low)], [t("max"), format(high)],
    [t("mean"), format(mean)], [t("deviation"), format(deviation)],
  ];
  const texts = [t(isChange ? "rankChange" : "rank", { rank, count: sprite.header.channels })];
  const { spriteA, spriteB } = state;
  if (!isChange && spriteA && spriteB && areAlike(spriteA, spriteB)) {
    const most = peakOf(difference(spriteA, spriteB), state.channel);
    texts.push(`${t("changedMost")}: ${t("unit", most)}, ${fromTo(state, most.row * sprite.header.width + most.col)}`);
  }
  if (sprite.header.not_finite) texts.push(t("notFinite", { count: sprite.header.not_finite }));
  return [
    unitsOf(sprite) > 1 && h("dl", {}, rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
    ...texts.map((text) => h("p", {}, text)),
  ];
}

/** @param {HTMLCanvasElement} canvas @param {{ sprite: Sprite, values: Float32Array } | null} found */
function drawHistogram(canvas, found) {
  const [width, height] = [canvas.clientWidth || 320, 64];
  canvas.width = width;
  canvas.height = height;
  if (!found) return;
  const finite = found.values.filter(Number.isFinite);
  const [low, high] = [finite.reduce((a, b) => Math.min(a, b), Infinity), finite.reduce((a, b) => Math.max(a, b), -Infinity)];
  const counts = new Array(BINS).fill(0);
  for (const value of finite) counts[Math.min(BINS - 1, Math.floor(((value - low) / (high - low || 1)) * BINS))] += 1;
  const most = Math.sqrt(Math.max(...counts));
  const context = contextOf(canvas);
  context.fillStyle = styleColour("--faint");
  counts.forEach((count, bin) => {
    const tall = most ? (Math.sqrt(count) / most) * (height - 2) : 0;
    context.fillRect((bin * width) / BINS, height - tall, width / BINS - 1, tall);
  });
  if (low < 0 && high > 0) {
    context.fillStyle = styleColour("--accent");
    context.fillRect((-low / (high - low)) * width, 0, 1, height);
  }
}

