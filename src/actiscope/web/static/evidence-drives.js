// @ts-check
/** What drives the chosen channel: an occlusion map over the picture, which the server makes on demand. */

import { fill, find, format, formatPercent, h } from "actiscope/dom.js";
import { driveColours, driveKeyOf, drivenOf, followedPicture, limitOf, windowAt, windowOf } from "actiscope/evidence-maps.js";
import { howFar, withTimeLeft } from "actiscope/evidence-progress.js";
import { oneAtATime } from "actiscope/evidence-loading.js";
import { paintBar } from "actiscope/painting.js";
import { centreOf } from "actiscope/seeing.js";
import { unitsOf } from "actiscope/sprite.js";
import { t } from "actiscope/texts.js";

/** @typedef {import("actiscope/types.js").State} State */
/** @typedef {import("actiscope/types.js").Source} Source */
/** @typedef {import("actiscope/types.js").Drives} Drives */
/** @typedef {import("actiscope/types.js").Fill} Fill */
/** @typedef {import("actiscope/types.js").Step} Step */
/** @typedef {import("actiscope/types.js").NetworkInfo} NetworkInfo */
/** @typedef {import("actiscope/store.js").Store} Store */
/** @typedef {ReturnType<typeof import("actiscope/photo-view.js").photoView>} Photo */

/** Milliseconds before a map is asked for: who leafs through channels asks for none. */
const PATIENCE = 150;
const KEPT = 60;
/** @type {Step[]} */
const STEPS = ["fine", "coarse"];

/** @param {Store} store @param {Source} source @param {NetworkInfo} network @param {{ a: Photo, b: Photo }} photos */
export function mountDrives(store, source, { fills }, photos) {
  const button = find("#drive", HTMLButtonElement);
  const panel = find("#drives", HTMLElement);
  /** @type {Map<string, Drives>} */
  const known = new Map();
  const loading = oneAtATime(store);

  const switches = fills.map((each) => h("button", { "data-fill": each, onclick: () => store.set({ drive: each }) }, t(`fill.${each}`)));
  const steps = STEPS.map((each) => h("button", { "data-step": each, title: t("step.hint"), onclick: () => store.set({ step: each }) }, t(`step.${each}`)));
  const [low, high] = [h("span", {}), h("span", {})];
  const colours = h("canvas", { "aria-hidden": "true" });
  const progress = h("progress", { "aria-label": t("drives.making") });
  const told = h("span", {});
  const making = h("div", { class: "making" }, progress, h("button", { onclick: () => store.set({ drive: "" }) }, t("stop")), told);
  const said = h("p", { class: "said" });
  const legend = h("p", {});
  const bar = h("div", { class: "scale" }, low, colours, high);
  /** @param {string} name @param {HTMLButtonElement[]} buttons */
  const group = (name, buttons) => h("div", { class: "fills" }, h("span", {}, name), h("div", { class: "switch", role: "group", "aria-label": name }, buttons));
  fill(panel, group(t("drives.fill"), switches), group(t("drives.step"), steps), making, bar, said, legend);

  const { drives } = source;
  button.hidden = !drives;
  if (!drives) return { toggle() {}, next() {} };
  const toggle = () => store.set({ drive: store.state.drive ? "" : fills[0] });
  /** Go on to the next of what covers the picture. */
  function next() {
    const at = fills.indexOf(/** @type {Fill} */ (store.state.drive));
    store.set({ drive: fills[(at + 1) % fills.length] });
  }
  button.addEventListener("click", toggle);

  function refresh() {
    const { state } = store;
    const key = driveKeyOf(state);
    const driven = fills.flatMap((each) => known.get(`${key}/${each}`) ?? []);
    store.set({ driven, covered: null });
    loading.stop();
    if (!state.drive || state.live || known.has(`${key}/${state.drive}`)) return;
    const { layer, channel, size, unit, drive, step } = state;
    const timed = withTimeLeft();
    store.set({ covered: {} });
    void loading.run(PATIENCE, async (signal) => {
      try {
        const found = await /** @type {NonNullable<Source["drives"]>} */ (drives)(followedPicture(state), { layer, channel, size, unit, fill: drive, step }, signal,
          (covered) => !signal.aborted && store.set({ covered: timed(covered) }));
        if (found) known.set(`${key}/${drive}`, { ...found, key });
        if (known.size > KEPT) known.delete(/** @type {string} */ (known.keys().next().value));
        if (found && !signal.aborted) refresh();
      } finally {
        if (!signal.aborted) store.set({ covered: null });
      }
    });
  }

  function draw() {
    const { state } = store;
    const driven = drivenOf(state);
    button.setAttribute("aria-pressed", String(Boolean(state.drive)));
    panel.hidden = !state.drive;
    for (const each of switches) each.setAttribute("aria-pressed", String(each.dataset.fill === state.drive));
    for (const each of steps) each.setAttribute("aria-pressed", String(each.dataset.step === state.step));
    making.hidden = Boolean(driven) || !state.covered;
    progress.removeAttribute("value");
    const { done = 0, total = 0 } = state.covered ?? {};
    if (total) [progress.max, progress.value] = [total, done];
    fill(told, state.covered && howFar(state.covered, state.step));
    bar.hidden = legend.hidden = !driven;
    panel.dataset.made = driven ? `${driven.key}/${driven.fill}` : "";
    if (!driven) return fill(said, !state.covered && !state.live && !state.problem && t("drives.none"));
    const most = limitOf(state);
    paintBar(colours, driveColours(state));
    fill(low, t("drives.rises", { value: format(most) }));
    fill(high, t("drives.falls", { value: format(most) }));
    fill(legend, h("i", { class: "hatched" }), t(state.unit || (state.spriteA && unitsOf(state.spriteA) === 1) ? "drives.same.unit" : "drives.same.largest"), h("br"), t("drives.new"));
    const at = pointedAt(state, photos);
    const [row, col] = (at && windowAt(driven, at[0], at[1])) ?? mostNeeded(driven);
    const box = windowOf(driven, row, col, state);
    const drop = driven.drops[row][col];
    const place = t("drives.where", { top: Math.round(box.top), bottom: Math.round(box.bottom) - 1, left: Math.round(box.left), right: Math.round(box.right) - 1 });
    said.dataset.drop = String(drop);
    fill(said, h("b", {}, drop === 0 ? t("drives.unseen") : `${format(driven.value)} → ${format(driven.value - drop)}${driven.value > 0 ? ` (${formatPercent((-100 * drop) / driven.value)})` : ""}`),
      h("span", {}, `${at ? "" : `${t("drives.most")}: `}${place}`));
  }

  store.on(["layer", "size"], (_, changed) => changed.has("unit") || store.set({ unit: null }));
  store.on(["drive", "step", "channel", "unit", "layer", "a", "b", "show", "size", "live"], refresh);
  store.on(["drive", "step", "driven", "covered", "hover", "map", "problem", "live", "channel", "unit"], draw);
  return { toggle, next };
}

/** The point of the picture that is pointed at, by pointer or keys. @param {State} state @param {{ a: Photo, b: Photo }} photos @returns {[number, number] | null} */
function pointedAt(state, photos) {
  const isB = followedPicture(state) !== state.a;
  const [sprite, said] = isB ? [state.spriteB, photos.b.element.dataset.point] : [state.spriteA, photos.a.element.dataset.point];
  if (said) {
    const [row, col] = said.split(", ").map(Number);
    return [row + 0.5, col + 0.5];
  }
  return state.hover && sprite && centreOf(sprite.header, state.hover.row, state.hover.col);
}

/** The place where a map is highest. @param {Drives} driven @returns {[number, number]} */
function mostNeeded({ drops }) {
  /** @type {[number, number]} */
  let best = [0, 0];
  drops.forEach((line, row) => line.forEach((drop, col) => {
    if (drop > drops[best[0]][best[1]]) best = [row, col];
  }));
  return best;
}
