// @ts-check
/** Opens the page: where its data come from, what it shows first, and the views. */

import { DEFAULTS, VIEW_KEYS, readAddress, writeAddress } from "actiscope/address.js";
import { mountBrush } from "actiscope/brush.js";
import { mountCamera } from "actiscope/camera.js";
import { mountCards } from "actiscope/cards-view.js";
import { mountClasses } from "actiscope/classes-view.js";
import { fill, find, h } from "actiscope/dom.js";
import { messageOf } from "actiscope/errors.js";
import { mountChanges } from "actiscope/evidence-changes.js";
import { mountDissection } from "actiscope/evidence-dissection.js";
import { mountDrives } from "actiscope/evidence-drives.js";
import { mountSum } from "actiscope/evidence-sum.js";
import { bestOf } from "actiscope/evidence-ranks.js";
import { mountRegions } from "actiscope/evidence-regions.js";
import { mountStudy, viewOf } from "actiscope/evidence-study.js";
import { fileSource } from "actiscope/file-source.js";
import { mountFocus } from "actiscope/focus-view.js";
import { mountGrid } from "actiscope/grid-view.js";
import { mountKeys } from "actiscope/keys.js";
import { keepLoaded, rememberSprites } from "actiscope/loading.js";
import { mountNetwork } from "actiscope/network-view.js";
import { mountPictures } from "actiscope/pictures-view.js";
import { mountPins } from "actiscope/pins-view.js";
import { mountSaving } from "actiscope/saving.js";
import { learnColormaps } from "actiscope/scaling.js";
import { serverSource } from "actiscope/server-source.js";
import { settler } from "actiscope/settling.js";
import { Store } from "actiscope/store.js";
import { language, t } from "actiscope/texts.js";
import { mountToolbar } from "actiscope/toolbar.js";

/** @typedef {import("actiscope/types.js").State} State */
/** @typedef {import("actiscope/types.js").View} View */
/** @typedef {import("actiscope/types.js").NetworkInfo} NetworkInfo */

async function open() {
  const inlined = document.querySelector("#data");
  const source = inlined ? fileSource(JSON.parse(inlined.textContent ?? "")) : serverSource();
  const [network, pictures, { dissections, study }] = await Promise.all([source.network(), source.pictures(), source.exhibits()]);
  learnColormaps(network.colormaps);
  const query = new URLSearchParams(location.search || source.address);
  const said = readAddress(query, network);
  const dissected = dissections.find(({ layer }) => !source.layers || source.layers.includes(layer));
  const begun = study ? viewOf(study, study.claims[0]) : dissected && bestOf(dissected);
  const asked = said.layer === undefined ? { ...begun, ...said } : said;
  const here = (/** @type {string | undefined} */ id) => (pictures.some((picture) => picture.id === id) ? id : undefined);
  const first = source.layers?.find((index) => index > 0) ?? firstLayer(network);
  const view = { ...DEFAULTS, layer: first, size: network.sizes[0], ...asked };
  const isMissing = source.layers && !source.layers.includes(view.layer);
  if (isMissing) view.layer = first;
  view.a = here(asked.a) ?? pictures[0].id;
  view.b = here(asked.b) ?? (inlined ? pictures[1]?.id : undefined) ?? "";
  const store = new Store({
    ...view, pictures, spriteA: null, spriteB: null, exactA: null, exactB: null, thumbnails: null, classesA: [], classesB: [],
    busy: 0, problem: "", notice: "", hover: null, opacity: 0.85, editing: false, tool: "inpaint", radius: 8, strokes: [], live: false, frames: 0,
    dissections, driven: [], covered: null, changes: null, marking: false, draft: null, shares: null,
  }, settler(network));
  const { channel, region } = store.state;
  store.set({ problem: [
    [asked.a, asked.b].some((id) => id && !here(id)) && t("gone"),
    query.get("layer") && said.layer === undefined && t("noLayer", { name: query.get("layer") }),
    isMissing && t("noData"),
    view.channel !== channel && t("noChannel", { channel: view.channel, most: channel }),
    view.region !== region && t("noRegion", { name: view.region }),
  ].filter(Boolean).join(" ") });

  const names = { layerName: (/** @type {number} */ index) => network.layers[index].name, network: network.name };
  const grid = mountGrid(store, names);
  const layers = mountNetwork(store, network, source.layers);
  const photos = mountFocus(store, source, names);
  mountPictures(store, source);
  mountToolbar(store, network);
  mountClasses(store, network, source);
  mountCards(store, source.cards, network);
  const sprites = rememberSprites(source);
  mountPins(store, sprites, names);
  mountCamera(store, source, network);
  mountSaving(store, source, names, () => writeAddress(store.state, network, new URLSearchParams()));
  const drives = mountDrives(store, source, network, photos);
  const sum = mountSum(store, source, names);
  mountChanges(store, source);
  mountDissection(store);
  mountStudy(store, study, source, network);
  const regions = mountRegions(store, photos, Boolean(source.edit));
  mountKeys(store, { grid, layers, drives, sum, regions, brush: mountBrush(store, source, network, photos) });
  mountHead(store, network);
  announce(store);
  mountAddress(store, network);
  await keepLoaded(store, source, sprites).everything();
}

/** The first convolution, or where there is an index without it the first layer of that. @param {NetworkInfo} network */
function firstLayer({ layers, indexed }) {
  const first = layers.find(({ type }) => /conv/i.test(type))?.index ?? Math.min(1, layers.length - 1);
  return indexed && !indexed.layers.includes(first) ? indexed.layers[0] : first;
}

/** Draw everything once. @param {Store} store */
function announce(store) {
  const keys = /** @type {(keyof State)[]} */ (Object.keys(store.state));
  for (const listener of store.listeners) listener(store.state, new Set(keys.filter((key) => !LOADED.has(key))));
}
/** @type {Set<string>} */
const LOADED = new Set(["spriteA", "spriteB", "exactA", "exactB", "thumbnails"]);

const OTHER = "other";
const NAMED_SIZES = ["own", "native", OTHER];

/** The name of the network, the size that it is fed, what is under way and what went wrong. @param {Store} store @param {NetworkInfo} network */
function mountHead(store, network) {
  const { preparation, input_size: size } = network;
  const select = h("select", { id: "size", onchange: () => choose(select.value) });
  const other = h("input", { type: "number", class: "limit", min: 1, max: 4096, "aria-label": t("size.other"), hidden: true, onchange: () => {
    if (other.checkValidity() && other.value) store.set({ size: other.value });
    other.hidden = true;
  } });
  /** @param {string} value */
  function choose(value) {
    other.hidden = value !== OTHER;
    if (other.hidden) store.set({ size: value });
    else other.focus();
  }
  const custom = () => (network.sizes.includes(store.state.size) ? network.sizes : [...network.sizes, store.state.size]);
  fill(find("#name", HTMLElement), h("b", {}, network.name),
    h("small", { title: preparation.source }, `${t("learnables", { count: network.learnables.toLocaleString(language) })} · ${network.device}`));
  fill(find("#fed", HTMLElement), h("label", {}, t("size"), select, other), h("small", { title: preparation.source },
    t("size.is", { size: size.join(" × ") }) + (preparation.guessed ? ` (${t("guessed")})` : "")));
  store.on(["size", "a"], (state) => {
    const fed = state.spriteA?.header.input_size;
    const offered = network.can_edit ? [...custom(), OTHER] : custom();
    fill(select, ...offered.map((value) => h("option", { value, selected: value === state.size }, NAMED_SIZES.includes(value) ? t(`size.${value}`) : value)));
    select.title = fed ? fed.join(" × ") : "";
  });
  const told = find("#told", HTMLElement);
  store.on(["busy", "problem", "notice"], ({ busy, problem, notice }) => {
    told.classList.toggle("problem", Boolean(problem));
    told.classList.toggle("notice", Boolean(notice));
    told.classList.toggle("busy", busy > 0);
    fill(told, problem || notice || t("working"));
  });
  document.title = `${network.name} · actiscope`;
  document.documentElement.lang = language;
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-text], [data-label]"))) {
    const { text, label } = element.dataset;
    if (label) element.ariaLabel = t(label);
    if (text && element instanceof HTMLInputElement) element.placeholder = t(text);
    else if (text) element.textContent = t(text);
  }
}

/** Keep the view in the address, whatever it asked for at first; a new layer or picture is a step that back undoes. @param {Store} store @param {NetworkInfo} network */
function mountAddress(store, network) {
  const query = () => new URLSearchParams(location.search);
  let restoring = false;
  /** @param {boolean} isStep */
  function write(isStep) {
    if (restoring || store.state.live || location.protocol === "file:") return;
    const address = writeAddress(store.state, network, query());
    if (address !== location.search) history[isStep ? "pushState" : "replaceState"](null, "", address);
  }
  if (location.search) write(false);
  store.on([...VIEW_KEYS, "live"], (_, changed) =>
    write(["layer", "channel", "a", "b"].some((key) => changed.has(/** @type {keyof State} */ (key)))));
  window.addEventListener("popstate", () => {
    const found = readAddress(query(), network);
    const known = (/** @type {string | undefined} */ id) => store.state.pictures.some((picture) => picture.id === id);
    restoring = true;
    store.set({ ...DEFAULTS, ...found, strokes: [], a: known(found.a) ? found.a : store.state.a, b: known(found.b) ? found.b : "" });
    restoring = false;
  });
}

open().catch((error) => {
  find("#told", HTMLElement).classList.add("problem");
  fill(find("#told", HTMLElement), messageOf(error));
});
