// @ts-check
/** Painting on the picture: A stays, B is what was painted. */

import { fill, find, h } from "actiscope/dom.js";
import { t } from "actiscope/texts.js";

/** @typedef {import("actiscope/types.js").NetworkInfo} NetworkInfo */
/** @typedef {import("actiscope/types.js").Source} Source */
/** @typedef {import("actiscope/types.js").Stroke} Stroke */
/** @typedef {import("actiscope/types.js").Tool} Tool */
/** @typedef {import("actiscope/store.js").Store} Store */
/** @typedef {ReturnType<typeof import("actiscope/photo-view.js").photoView>} Photo */

/** @param {Store} store @param {Source} source @param {NetworkInfo} network @param {{ a: Photo, b: Photo }} photos */
export function mountBrush(store, source, network, photos) {
  const button = find("#edit", HTMLButtonElement);
  const panel = find("#brush", HTMLElement);
  button.hidden = !source.edit;
  const edit = source.edit;
  if (!edit) return { toggle() {}, undo() {} };

  let working = false;
  /** Bring B to what the strokes say; of several changes meanwhile only the newest counts. */
  async function apply() {
    if (working) return;
    working = true;
    let done;
    while (done !== store.state.strokes) {
      done = store.state.strokes;
      const { a, sort, show } = store.state;
      if (!done.length) {
        store.set({ b: "", show: "a", sort: sort === "change" ? "index" : sort });
        continue;
      }
      try {
        const edited = await edit?.(a, done);
        if (edited && done === store.state.strokes) {
          const others = store.state.pictures.filter(({ id }) => id !== edited.id);
          store.set({ pictures: [...others, edited], b: edited.id, show: show === "a" ? "b" : show, problem: "" });
        }
      } catch (error) {
        store.set({ problem: error instanceof Error ? error.message : String(error), strokes: done.slice(0, -1) });
      }
    }
    working = false;
  }

  const toggle = () => {
    const editing = !store.state.editing;
    const { a, pictures, b, strokes } = store.state;
    const picture = pictures.find(({ id }) => id === a);
    store.set({ editing, live: false, ...(editing && !strokes.length && b ? { b: "" } : {}), radius: picture ? Math.max(2, Math.round(picture.height / 20)) : 8 });
  };
  const undo = () => store.set({ strokes: store.state.strokes.slice(0, -1) });
  button.addEventListener("click", toggle);

  const radius = h("input", { type: "range", min: 1, max: 60, "aria-label": t("brush"), oninput: () => store.set({ radius: Number(radius.value) }) });
  const tools = network.tools.map((tool) =>
    h("button", { "data-tool": tool, onclick: () => store.set({ tool }) }, t(`tool.${tool}`)));
  fill(panel, h("div", { class: "switch" }, tools), h("label", {}, t("brush"), radius),
    h("button", { id: "undo", onclick: undo }, t("undo")),
    h("button", { onclick: () => store.set({ strokes: [] }) }, t("done")), h("p", {}, t("editHint")));

  store.on(["editing", "tool", "radius", "strokes"], (state) => {
    panel.hidden = !state.editing;
    button.setAttribute("aria-pressed", String(state.editing));
    for (const each of tools) each.setAttribute("aria-pressed", String(each.dataset.tool === state.tool));
    radius.value = String(state.radius);
    find("#undo", HTMLButtonElement).disabled = !state.strokes.length;
    for (const { canvas } of [photos.a, photos.b]) canvas.classList.toggle("painting", state.editing);
  });
  store.on(["strokes"], (state, changed) => {
    if (!changed.has("a")) void apply();
  });
  for (const photo of [photos.a, photos.b]) takeStrokes(photo, store);
  return { toggle, undo };
}

/** Let a photo be painted on. @param {Photo} photo @param {Store} store */
function takeStrokes(photo, store) {
  photo.canvas.addEventListener("pointerdown", (event) => {
    if (!store.state.editing || event.button) return;
    event.preventDefault();
    photo.canvas.setPointerCapture(event.pointerId);
    const { tool, radius } = store.state;
    /** @type {[number, number][]} */
    const points = [];
    const add = (/** @type {PointerEvent} */ moved) => {
      const { row, col } = photo.pointOf(moved);
      points.push([row, col]);
      ghost(photo, points, radius);
    };
    add(event);
    photo.canvas.addEventListener("pointermove", add);
    photo.canvas.addEventListener("pointerup", () => {
      photo.canvas.removeEventListener("pointermove", add);
      store.set({ strokes: [...store.state.strokes, { tool, radius, points }] });
    }, { once: true });
  });
}

/** Draw the stroke that is being made. @param {Photo} photo @param {[number, number][]} points @param {number} radius */
function ghost(photo, points, radius) {
  const context = photo.canvas.getContext("2d");
  if (!context) return;
  const scale = photo.scale();
  context.save();
  context.globalAlpha = 0.35;
  context.strokeStyle = "#fff";
  context.lineWidth = 2 * radius * scale;
  context.lineCap = context.lineJoin = "round";
  context.beginPath();
  for (const [row, col] of [points[0], ...points]) context.lineTo(col * scale, row * scale);
  context.stroke();
  context.restore();
}
