// @ts-check
/** All channels of a layer, labelled; only those on the screen are painted. */

import { find, format, onNextFrame, sizedContext, styleColour } from "actiscope/dom.js";
import { paintAtlas } from "actiscope/painting.js";
import { chosenSprite, orderOf, shownOf } from "actiscope/scaling.js";
import { isCurrent, isFlat, unitsOf, valueAt } from "actiscope/sprite.js";
import { t } from "actiscope/texts.js";

/** @typedef {import("actiscope/types.js").State} State */
/** @typedef {import("actiscope/types.js").Sprite} Sprite */
/** @typedef {import("actiscope/store.js").Store} Store */
/** @typedef {{ across: number, width: number, height: number, step: number, rise: number }} Plan */

const GAP = 4;
const FLAT = 0.4;
/** How much of a dead channel is seen. */
const DIM = 0.3;
const SMALLEST_LABELLED = 36;
const [SMALLEST, LARGEST] = [22, 400];

/** How tiles lie in a width. @param {State} state @param {Sprite} sprite @param {number} room @param {number} tall @returns {Plan} */
export function planOf(state, sprite, room, tall) {
  const { height: h, width: w, channels } = sprite.header;
  const shape = h * w === 1 ? FLAT : Math.min(Math.max(h / w, 0.12), 3);
  const fitting = Math.sqrt((room * tall) / (channels * shape)) - GAP;
  const wanted = state.tile || Math.min(Math.max(fitting, 56), 190);
  const across = Math.max(1, Math.floor((room + GAP) / (Math.min(Math.max(wanted, SMALLEST), room) + GAP)));
  const width = state.tile ? Math.min(wanted, room) : Math.min((room + GAP) / across - GAP, 240);
  const height = Math.max(width * shape, 14);
  return { across, width, height, step: width + GAP, rise: height + GAP };
}

/** @param {Store} store @param {{ layerName: (index: number) => string }} names */
export function mountGrid(store, names) {
  const scroller = find("#grid", HTMLElement);
  const canvas = find("#grid canvas", HTMLCanvasElement);
  const spacer = find("#grid .spacer", HTMLElement);
  const atlas = document.createElement("canvas");
  /** @type {{ plan: Plan, order: number[] } | null} */
  let laid = null;

  function draw() {
    const { state } = store;
    const shown = shownOf(state);
    const [room, tall] = [scroller.clientWidth, scroller.clientHeight];
    scroller.classList.toggle("stale", !isCurrent(state));
    if (!shown || !room) {
      sizedContext(canvas, room, tall);
      return;
    }
    const plan = planOf(state, shown.sprite, room, tall);
    const order = orderOf(state);
    laid = { plan, order };
    spacer.style.height = `${Math.ceil(order.length / plan.across) * plan.rise}px`;
    const first = Math.max(0, Math.floor(scroller.scrollTop / plan.rise)) * plan.across;
    const rows = Math.ceil(tall / plan.rise) + 1;
    const visible = order.slice(first, first + rows * plan.across);
    const atlasAcross = Math.max(1, Math.min(plan.across, Math.floor(16384 / shown.sprite.header.width)));
    paintAtlas(atlas, shown, visible, atlasAcross);
    const context = sizedContext(canvas, room, tall);
    context.translate(0, (first / plan.across) * plan.rise - scroller.scrollTop);
    visible.forEach((channel, place) => {
      const { height, width } = shown.sprite.header;
      const [x, y] = [(place % plan.across) * plan.step, Math.floor(place / plan.across) * plan.rise];
      context.imageSmoothingEnabled = plan.width < width;
      drawTile(context, atlas, [(place % atlasAcross) * width, Math.floor(place / atlasAcross) * height, width, height],
        [x, y, plan.width, plan.height], isFlat(shown.sprite, channel));
      label(context, state, shown.sprite, channel, x, y, plan);
    });
    canvas.dataset.painted = `${state.spriteA?.key} ${state.spriteB?.key ?? ""}`;
    canvas.setAttribute("aria-label", t("grid", { layer: names.layerName(state.layer) }));
  }

  /** @param {PointerEvent | MouseEvent} event */
  function under(event) {
    const sprite = chosenSprite(store.state);
    if (!laid || !sprite) return null;
    const box = canvas.getBoundingClientRect();
    const { plan, order } = laid;
    const [x, y] = [event.clientX - box.left, event.clientY - box.top + scroller.scrollTop];
    const [across, down] = [Math.floor(x / plan.step), Math.floor(y / plan.rise)];
    const channel = across < plan.across ? order[down * plan.across + across] : undefined;
    const [inX, inY] = [(x - across * plan.step) / plan.width, (y - down * plan.rise) / plan.height];
    if (channel === undefined || inX >= 1 || inY >= 1) return null;
    const { height, width } = sprite.header;
    return { channel, row: Math.floor(inY * height), col: Math.floor(inX * width) };
  }

  canvas.addEventListener("click", (event) => {
    const found = under(event);
    if (found) store.set({ channel: found.channel, hover: null });
  });
  canvas.addEventListener("pointermove", (event) => {
    const found = under(event);
    canvas.title = found ? hint(store.state, found) : "";
    store.set({ hover: found?.channel === store.state.channel ? { row: found.row, col: found.col } : null });
  });
  canvas.addEventListener("pointerleave", () => store.set({ hover: null }));

  /** Go to the channel some places on. @param {number} places */
  function move(places) {
    if (!laid) return;
    const at = laid.order.indexOf(store.state.channel) + places;
    if (at < 0 || at >= laid.order.length) return;
    store.set({ channel: laid.order[at], hover: null });
    const top = Math.floor(at / laid.plan.across) * laid.plan.rise;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    const bottom = top + laid.plan.rise - scroller.clientHeight;
    if (bottom > scroller.scrollTop) scroller.scrollTop = bottom;
  }

  const later = onNextFrame(draw);
  store.on(["layer", "a", "b", "spriteA", "spriteB", "channel", "sort", "scale", "lo", "hi", "map", "show", "tile", "pins", "changes", "regions", "region", "concept", "shares"], later);
  store.on(["layer"], () => (scroller.scrollTop = 0));
  scroller.addEventListener("scroll", later);
  new ResizeObserver(later).observe(scroller);
  return {
    across: () => laid?.plan.across ?? 1,
    move,
    /** @param {number} factor */
    zoom: (factor) => {
      const width = store.state.tile || laid?.plan.width || 100;
      store.set({ tile: Math.round(Math.min(Math.max(width * factor, SMALLEST), LARGEST)) });
    },
  };
}

/** @typedef {[number, number, number, number]} Rectangle left, top, width and height */

/** Draw a channel; a dead one dark and crossed out. @param {CanvasRenderingContext2D} context @param {HTMLCanvasElement} atlas @param {Rectangle} from @param {Rectangle} to @param {boolean} isDead */
export function drawTile(context, atlas, from, to, isDead) {
  if (!isDead) {
    context.drawImage(atlas, ...from, ...to);
    return;
  }
  const [x, y, width, height] = to;
  context.fillStyle = "#000";
  context.fillRect(x, y, width, height);
  context.globalAlpha = DIM;
  context.drawImage(atlas, ...from, ...to);
  context.strokeStyle = "#fff";
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, y + height);
  context.lineTo(x + width, y);
  context.stroke();
  context.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} context @param {State} state @param {Sprite} sprite @param {number} channel @param {number} x @param {number} y @param {Plan} plan */
export function label(context, state, sprite, channel, x, y, plan) {
  if (plan.width >= SMALLEST_LABELLED) {
    const text = unitsOf(sprite) === 1 ? `${channel}: ${format(sprite.high[channel])}` : String(channel);
    context.font = "600 11px system-ui, sans-serif";
    context.lineWidth = 3;
    context.strokeStyle = "rgba(0, 0, 0, .75)";
    context.fillStyle = "#fff";
    context.strokeText(text, x + 4, y + 13, plan.width - 6);
    context.fillText(text, x + 4, y + 13, plan.width - 6);
  }
  const pinned = state.pins.some((pin) => pin.layer === state.layer && pin.channel === channel);
  if (channel !== state.channel && !pinned) return;
  context.strokeStyle = styleColour("--accent");
  context.lineWidth = channel === state.channel ? 3 : 1.5;
  context.setLineDash(channel === state.channel ? [] : [4, 3]);
  context.strokeRect(x - 0.5, y - 0.5, plan.width + 1, plan.height + 1);
  context.setLineDash([]);
}

/** @param {State} state @param {{ channel: number, row: number, col: number }} at */
function hint(state, { channel, row, col }) {
  const sprite = chosenSprite(state);
  if (!sprite) return "";
  const value = valueAt(sprite, channel, row * sprite.header.width + col);
  const flat = isFlat(sprite, channel) ? ` (${t("dead")})` : "";
  return `${t("channel", { channel })}${flat}\n${t("unit", { row, col })}: ${t("about")} ${format(value)}`;
}

