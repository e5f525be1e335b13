// @ts-check
import { coloursOver, hasSmallFields, keepPictures, paintBars, paintPatches } from "actiscope/cards-painting.js";
import { fill, find, format, formatShare, h } from "actiscope/dom.js";

/** @typedef {import("actiscope/cards-painting.js").Card} Card */
/** @typedef {import("actiscope/cards-painting.js").Patch} Patch */
/** @typedef {{ colours: string, pictures: Record<string, string>, layers: Record<string, Card[]> }} Data */
/** @typedef {{ card: Card, element: HTMLElement, patches: HTMLCanvasElement, bars: HTMLCanvasElement }} Shown */

const ACROSS = 4;
const GAP = 4;
const BARS = 34;
const [LARGE_SIDE, LARGE_BARS] = [150, /** @type {[number, number]} */ ([330, 96])];
/** As many numbers are named without being asked for. */
const FEW = 16;
/** Letters at the end of a name that are always shown. */
const NAME_END = 10;

/** @type {Data} */
const data = JSON.parse(find("#data", HTMLScriptElement).textContent ?? "");
const colours = coloursOver(data.colours);
const pictures = keepPictures((image) => data.pictures[image]);
const layer = find("#layer", HTMLSelectElement);
const sort = find("#sort", HTMLSelectElement);
const search = find("#search", HTMLInputElement);
const list = find("#cards", HTMLElement);
const large = find("#large", HTMLDialogElement);
const keys = find("#keys", HTMLDialogElement);
/** @type {Shown[]} */
let shown = [];
/** Place in `shown` of the card of the larger view. */
let opened = -1;

/** @param {number} value */
const number = (value) => format(Number(value.toPrecision(4))).replace("-", "−");

/** A quantile: it is known within a sixteenth of itself. @param {number} value */
const about = (value) => `${value ? "≈ " : ""}${number(value)}`;

/** @type {Record<string, (card: Card) => number>} */
const MEASURES = {
  channel: (card) => -card.channel, high: (card) => card.high, active: (card) => card.active, above: (card) => card.above,
  deviation: (card) => card.deviation, dead: (card) => (card.dead ? 2 : -card.active),
};

/** The channels that a search names: numbers and ranges. @param {string} text @returns {((channel: number) => boolean) | null} */
function wantedBy(text) {
  const spans = [...text.matchAll(/(\d+)(?:\s*[-–]\s*(\d+))?/g)].map(([, first, last]) => [Number(first), Number(last ?? first)]);
  return spans.length ? (channel) => spans.some(([first, last]) => channel >= first && channel <= last) : null;
}

/** @param {Card} card */
const badge = (card) => (card.dead ? h("span", { class: "badge dead", title: "above zero in no picture" }, "dead")
  : card.always_on && h("span", { class: "badge", title: "above zero in every picture" }, "always on"));

/** @param {Patch[]} patches */
const lostOf = (patches) => patches.filter(({ trouble }) => trouble).length;

/** What is said where there are no patches. */
const nothing = () => h("p", { class: "nothing" }, "It answers to nothing: all of its values are zero.");

/** @param {Card} card @returns {Shown} */
function cardOf(card) {
  const patches = h("canvas", { class: "patches", role: "img", "aria-label": `The strongest units of channel ${card.channel}` });
  const bars = h("canvas", { class: "bars", role: "img", "aria-label": "How often each value, logarithmic" });
  const lost = lostOf(card.patches);
  const element = h("article", { class: "card", tabindex: 0, role: "button", "data-channel": card.channel, "aria-label": `Channel ${card.channel}` },
    h("h3", {}, card.channel, badge(card), h("span", {}, `up to ${number(card.high)}`)),
    card.patches.length ? patches : nothing(), bars,
    h("p", { class: "facts" }, h("span", {}, `active in ${formatShare(card.active)}`), h("span", {}, `${formatShare(card.above)} of values above 0`)),
    h("p", { class: "facts" }, h("span", {}, `mean ${number(card.mean)}`), h("span", {}, `deviation ${number(card.deviation)}`)),
    lost > 0 && h("p", { class: "lost" }, `${lost} of ${card.patches.length} pictures have gone or changed`));
  element.addEventListener("click", () => open(shown.findIndex((each) => each.element === element)));
  return { card, element, patches, bars };
}

/** Paint what is near the screen, and let go of what is not. */
const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const found = shown.find(({ element }) => element === target);
    if (found && isIntersecting) paint(found);
    else if (found) for (const canvas of [found.patches, found.bars]) canvas.width = 0;
  }
}, { rootMargin: "400px" });

/** @param {Shown} card */
function paint({ card, element, patches, bars }) {
  const room = element.clientWidth - 22;
  const side = Math.floor((room - (ACROSS - 1) * GAP) / ACROSS);
  void paintPatches(patches, card.patches.slice(0, ACROSS), { across: ACROSS, side, kinds: ["plain", "over"], colours, pictures });
  paintBars(bars, card, room, BARS);
}

/** Show the cards of a layer, in order, of those that are searched for. */
function showCards() {
  const cards = data.layers[layer.value];
  const wanted = wantedBy(search.value);
  const measure = MEASURES[sort.value];
  const chosen = cards.filter(({ channel }) => !wanted || wanted(channel));
  chosen.sort((a, b) => measure(b) - measure(a) || a.channel - b.channel);
  watcher.disconnect();
  shown = chosen.map(cardOf);
  fill(list, ...shown.map(({ element }) => element));
  for (const { element } of shown) watcher.observe(element);
  find("#found", HTMLOutputElement).value = wanted ? `${chosen.length} of ${cards.length}` : "";
  fill(find("#named", HTMLElement), h("span", {}, `${cards.length} channels`),
    named("dead", cards.filter(({ dead }) => dead)), named("always on", cards.filter((card) => card.always_on)));
}

/** @param {string} what @param {Card[]} cards */
function named(what, cards) {
  const numbers = cards.map(({ channel }) => h("button", { onclick: () => reveal(channel) }, channel));
  if (cards.length <= FEW) return h("span", {}, `${cards.length} ${what}`, cards.length > 0 && ":", numbers);
  return h("details", {}, h("summary", {}, `${cards.length} ${what}`), h("div", {}, numbers));
}

/** Go to the card of a channel. @param {number} channel */
function reveal(channel) {
  if (!shown.some(({ card }) => card.channel === channel)) {
    search.value = "";
    showCards();
  }
  const found = shown.find(({ card }) => card.channel === channel);
  found?.element.focus({ preventScroll: true });
  found?.element.scrollIntoView({ block: "center" });
}

/** Show the larger view of a card. @param {number} place */
function open(place) {
  const found = shown[place];
  if (!found) return;
  opened = place;
  const { card } = found;
  fill(find("h2", HTMLElement, large), `Channel ${card.channel}`, badge(card), h("small", {}, layer.value));
  paintBars(find(".numbers canvas", HTMLCanvasElement, large), card, ...LARGE_BARS);
  fill(find(".numbers figcaption", HTMLElement, large), h("span", {}, number(card.low)), h("span", {}, "how often each value, logarithmic"), h("span", {}, number(card.high)));
  const facts = [
    ["pictures", card.images.toLocaleString("en")], ["active in", formatShare(card.active)],
    ["values", card.units.toLocaleString("en")], ["above zero", formatShare(card.above)],
    ["mean", number(card.mean)], ["deviation", number(card.deviation)], ["lowest", number(card.low)], ["highest", number(card.high)],
    ...card.quantiles.map(([share, value]) => [`${100 * share} % below`, about(value)]),
  ];
  fill(find(".numbers dl", HTMLElement, large), ...facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
  const kinds = /** @type {import("actiscope/cards-painting.js").Kind[]} */ (hasSmallFields(card) ? ["plain", "over", "whole"] : ["plain", "over"]);
  fill(find(".patches", HTMLElement, large), card.patches.length === 0 && nothing(), ...card.patches.map((patch) => {
    const canvas = h("canvas", { role: "img", "aria-label": patch.name });
    void paintPatches(canvas, [patch], { across: 1, side: LARGE_SIDE, kinds, colours, pictures });
    return h("figure", { title: patch.name }, canvas, h("figcaption", {}, h("b", {}, number(patch.value)), nameOf(patch),
      patch.trouble ? h("span", { class: "trouble" }, patch.trouble) : h("span", {}, `row ${patch.row}, column ${patch.col}`)));
  }));
  if (!large.open) large.showModal();
  large.scrollTop = 0;
  remember();
}

/** The name of a picture, of which a long one loses its middle: names differ at their ends. @param {Patch} patch */
const nameOf = ({ name }) => h("span", { class: "name" }, h("span", {}, name.slice(0, -NAME_END)), name.slice(-NAME_END));

/** Keep the view in the address. */
function remember() {
  const view = new URLSearchParams({ layer: layer.value, sort: sort.value });
  if (search.value) view.set("search", search.value);
  if (large.open) view.set("channel", String(shown[opened].card.channel));
  history.replaceState(null, "", `#${view}`);
}

/** Show what the address says. */
function recall() {
  const view = new URLSearchParams(location.hash.slice(1));
  const wanted = view.get("layer") ?? "";
  if (Object.hasOwn(data.layers, wanted)) layer.value = wanted;
  if (Object.hasOwn(MEASURES, view.get("sort") ?? "")) sort.value = view.get("sort") ?? "";
  search.value = view.get("search") ?? "";
  showCards();
  if (view.has("channel")) open(shown.findIndex(({ card }) => card.channel === Number(view.get("channel"))));
}

/** How many cards are in a row. */
const across = () => getComputedStyle(list).gridTemplateColumns.split(" ").length;

/** Focus the card some places on. @param {number} places */
function move(places) {
  const from = shown.findIndex(({ element }) => element === document.activeElement);
  const to = from < 0 ? 0 : from + places;
  shown[to]?.element.focus();
}

/** Take the next option. @param {HTMLSelectElement} select @param {number} step */
function turn(select, step) {
  select.selectedIndex = (select.selectedIndex + step + select.length) % select.length;
  select.dispatchEvent(new Event("change"));
}

/** @type {Record<string, () => void>} */
const acts = {
  ArrowRight: () => move(1), ArrowLeft: () => move(-1), ArrowDown: () => move(across()), ArrowUp: () => move(-across()),
  Enter: () => open(shown.findIndex(({ element }) => element === document.activeElement)),
  "/": () => search.focus(), s: () => turn(sort, 1), j: () => turn(layer, 1), k: () => turn(layer, -1), "?": () => keys.showModal(),
};

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || keys.open) return;
  if (large.open) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) open(opened + step);
    return;
  }
  if (target === search && event.key === "Escape") {
    search.value = "";
    search.blur();
    showCards();
  }
  if (target.matches("input, select") || (target.matches("button, summary, a") && event.key === "Enter") || !acts[event.key]) return;
  event.preventDefault();
  acts[event.key]();
});

for (const control of [layer, sort, search]) {
  control.addEventListener(control === search ? "input" : "change", () => {
    showCards();
    remember();
  });
}
find("#before", HTMLButtonElement).addEventListener("click", () => open(opened - 1));
find("#after", HTMLButtonElement).addEventListener("click", () => open(opened + 1));
find("#close", HTMLButtonElement).addEventListener("click", () => large.close());
find("#help", HTMLButtonElement).addEventListener("click", () => keys.showModal());
large.addEventListener("click", (event) => event.target === large && large.close());
large.addEventListener("close", () => {
  shown[opened]?.element.focus();
  remember();
});
window.addEventListener("hashchange", recall);
window.addEventListener("resize", () => showCards());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => showCards());

recall();
