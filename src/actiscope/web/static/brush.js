// @ts-check
/** Painting on the picture: A stays, B is what was painted. */

import { fill, find, h } from "actiscope/dom.js";
import { messageOf } from "actiscope/errors.js";
import { centreOf } from "actiscope/seeing.js";
import { t } from "actiscope/texts.js";

/** @typedef {import("actiscope/types.js").NetworkInfo} NetworkInfo */
/** @typedef {import("actiscope/types.js").Source} Source */
/** @typedef {import("actiscope/types.js").State} State */
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

  /** The strokes that made an edited picture, by its id: going back to it brings them back. @type {Map<string, Stroke[]>} */
  const made = new Map();
  let working = false;
  let wanted = store.state.strokes;
  /** Bring B to what the strokes say; of several changes meanwhile only the newest counts. @param {Stroke[]} strokes */
  async function paint(strokes) {
    wanted = strokes;
    store.set({ strokes });
    if (working) return;
    working = true;
    let done;
    while (done !== wanted) {
      done = wanted;
      const patch = await painted(done);
      if (done === store.state.strokes) store.set(patch);
    }
    working = false;
  }

  /** What some strokes make of the view. @param {Stroke[]} strokes @returns {Promise<Partial<State>>} */
  async function painted(strokes) {
    const { a, show } = store.state;
    if (!strokes.length) return { b: "" };
    try {
      const edited = await /** @type {NonNullable<Source["edit"]>} */ (edit)(a, strokes);
      const others = store.state.pictures.filter(({ id }) => id !== edited.id);
      made.set(edited.id, strokes);
      return { pictures: [...others, edited], b: edited.id, show: show === "a" ? "b" : show };
    } catch (error) {
      return { problem: messageOf(error), strokes: strokes.slice(0, -1) };
    }
  }

  const toggle = () => {
    const editing = !store.state.editing;
    const { a, pictures, b, strokes } = store.state;
    const picture = pictures.find(({ id }) => id === a);
    store.set({ editing, live: false, ...(editing && !strokes.length && b ? { b: "" } : {}), radius: picture ? Math.max(2, Math.round(picture.height / 20)) : 8 });
  };
  const undo = () => store.state.strokes.length && void paint(store.state.strokes.slice(0, -1));
  button.addEventListener("click", toggle);

  const radius = h("input", { type: "range", min: 1, max: 60, "aria-label": t("brush"), oninput: () => store.set({ radius: Number(radius.value) }) });
  const tools = network.tools.map((tool) =>
    h("button", { "data-tool": tool, onclick: () => store.set({ tool }) }, t(`tool.${tool}`)));
  fill(panel, h("div", { class: "switch" }, tools), h("label", {}, t("brush"), radius),
    h("button", { id: "undo", onclick: undo }, t("undo")),
    h("button", { onclick: () => void paint([]) }, t("done")), h("p", {}, t("editHint")));

  store.on(["b"], ({ b }) => {
    const strokes = made.get(b);
    if (strokes) store.set({ strokes });
  });
  store.on(["a", "pictures"], ({ a, pictures }) => {
    const picture = pictures.find(({ id }) => id === a);
    radius.max = String(Math.max(60, Math.round((picture?.height ?? 0) / 4)));
  });
  store.on(["editing", "tool", "radius", "strokes"], (state) => {
    panel.hidden = !state.editing;
    button.setAttribute("aria-pressed", String(state.editing));
    for (const each of tools) each.setAttribute("aria-pressed", String(each.dataset.tool === state.tool));
    radius.value = String(state.radius);
    find("#undo", HTMLButtonElement).disabled = !state.strokes.length;
    for (const { canvas } of [photos.a, photos.b]) canvas.classList.toggle("painting", state.editing);
  });
  for (const photo of [photos.a, photos.b]) takeStrokes(photo, store, (stroke) => paint([...store.state.strokes, stroke]));
  return { toggle, undo };
}

/** Let a photo be painted on. @param {Photo} photo @param {Store} store @param {(stroke: Stroke) => void} finish */
function takeStrokes(photo, store, finish) {
  photo.canvas.addEventListener("keydown", (event) => {
    const { editing, hover, spriteA, tool, radius } = store.state;
    const point = hover && spriteA && centreOf(spriteA.header, hover.row, hover.col);
    if (event.key === "Enter" && editing && point) finish({ tool, radius, points: [point] });
  });
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
      photo.show(points);
    };
    const end = (/** @type {PointerEvent} */ ended) => {
      photo.canvas.removeEventListener("pointermove", add);
      photo.canvas.removeEventListener("pointerup", end);
      photo.canvas.removeEventListener("pointercancel", end);
      photo.show([]);
      if (ended.type === "pointerup") finish({ tool, radius, points });
    };
    add(event);
    photo.canvas.addEventListener("pointermove", add);
    photo.canvas.addEventListener("pointerup", end);
    photo.canvas.addEventListener("pointercancel", end);
  });
}
