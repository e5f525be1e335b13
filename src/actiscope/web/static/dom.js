// @ts-check
/** Elements in few words. */

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * Make an element.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [properties] attributes; on* for listeners
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...present(children.flat()));
  return element;
}

/** Replace what an element holds. @param {Element} element @param {...(Child | Child[])} children */
export function fill(element, ...children) {
  element.replaceChildren(...present(children.flat()));
}

/** @param {Child[]} children @returns {(Node | string)[]} */
const present = (children) =>
  children.flatMap((child) =>
    child === null || child === undefined || child === false ? [] : [typeof child === "number" ? String(child) : child]);

/** The element that a selector finds; it has to be there. @template {Element} T @param {string} selector @param {new () => T} kind @param {ParentNode} [within] @returns {T} */
export function find(selector, kind, within = document) {
  const found = within.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`the page lacks ${selector}`);
  return found;
}

/** The drawing context of a canvas. @param {HTMLCanvasElement} canvas */
export function contextOf(canvas) {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser draws no canvas");
  return context;
}

/** Size a canvas for the screen and return its context in CSS pixels. @param {HTMLCanvasElement} canvas @param {number} width @param {number} height */
export function sizedContext(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = contextOf(canvas);
  context.scale(ratio, ratio);
  return context;
}

/** Run once before the next frame, however often it is asked for. @param {() => void} draw */
export function onNextFrame(draw) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  };
}

/** The value of a colour of the style sheet. @param {string} name */
export const styleColour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A value in at most six digits. @param {number} value */
export function format(value) {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size >= 1e5 || size < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(5)));
}

/** A share, 0-1, in percent: as none or all only what is that. @param {number} share */
export const formatShare = (share) => (share > 0 && share < LEAST_SHARE ? "< 0.1 %"
  : share < 1 && share > 1 - LEAST_SHARE ? "> 99.9 %" : `${(100 * share).toFixed(1)} %`);
/** What is written as a tenth of a percent. */
const LEAST_SHARE = 0.0005;

/** A change in percent, with its sign. @param {number} value */
export const formatPercent = (value) => (Math.abs(value) < 0.05 ? "0.0 %" : `${value > 0 ? "+" : ""}${value.toFixed(1)} %`);
