// @ts-check
/** The pictures at hand: choose A, compare with B, add by drop, paste or dialog. */

import { fill, find, h } from "actiscope/dom.js";
import { messageOf } from "actiscope/errors.js";
import { t } from "actiscope/texts.js";

/** @typedef {import("actiscope/types.js").Picture} Picture */
/** @typedef {import("actiscope/types.js").Source} Source */
/** @typedef {import("actiscope/store.js").Store} Store */

/** Pixels of a picture in the strip, for screens with two to a point. */
const STRIP = 96;

/** @param {Store} store @param {Source} source */
export function mountPictures(store, source) {
  const strip = find("#pictures", HTMLElement);
  const chooser = h("input", { type: "file", accept: "image/*", multiple: true, hidden: true, onchange: () => void addAll([...(chooser.files ?? [])]) });

  /** @param {(Blob | File)[]} files */
  async function addAll(files) {
    const troubles = [];
    for (const file of files) {
      try {
        const added = await /** @type {NonNullable<Source["add"]>} */ (source.add)(file, file instanceof File ? file.name : "pasted");
        const others = store.state.pictures.filter(({ id }) => id !== added.id);
        store.set({ pictures: [...others, added], a: added.id, b: "", show: "a", strokes: [], editing: false, live: false });
      } catch (error) {
        troubles.push(messageOf(error));
      }
    }
    if (troubles.length) store.set({ problem: troubles.join(" ") });
  }

  /** @param {Picture} picture */
  function tile({ id, name, height, width }) {
    const { a, b } = store.state;
    const role = id === a ? "A" : id === b ? "B" : "";
    return h("div", { class: "picture", "data-id": id, "data-role": role, "data-size": `${height} ${width}` },
      h("button", { title: name, "aria-label": name, "aria-pressed": String(id === a), onclick: () => choose(id) },
        h("img", { src: source.pictureUrl(id, STRIP), alt: "" }), role && h("b", {}, role)),
      id !== a && h("button", {
        class: "compare", title: id === b ? t("dropB") : t("setB"), "aria-label": `${name}: ${id === b ? t("dropB") : t("setB")}`,
        onclick: () => compare(id === b ? "" : id),
      }, id === b ? "×" : "B"));
  }

  /** @param {string} id */
  function choose(id) {
    store.set({ a: id, b: store.state.b === id ? "" : store.state.b, strokes: [], editing: false, live: false });
  }

  /** @param {string} id */
  function compare(id) {
    store.set({ b: id, strokes: [], editing: false, live: false });
  }

  function draw() {
    const { pictures, a, b } = store.state;
    const listed = pictures.filter(({ id, of }) => !of || id === a || id === b);
    fill(strip, ...listed.map(tile),
      source.add && h("button", { class: "add", title: `${t("add")}. ${t("drop")}`, "aria-label": t("add"), onclick: () => chooser.click() }, "+"), chooser);
  }

  store.on(["pictures", "a", "b"], draw);
  if (!source.add) return;
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.body.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dropping");
    void addAll([...(event.dataTransfer?.files ?? [])]);
  });
  document.addEventListener("paste", (event) => {
    void addAll([...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/")));
  });
}
