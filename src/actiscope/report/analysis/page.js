// @ts-check
const svg = /** @type {SVGSVGElement} */ (document.querySelector("#graph svg"));
const drawing = /** @type {SVGGElement} */ (svg.querySelector("#drawing"));
const rows = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("tbody tr"))];
const nodes = [.../** @type {NodeListOf<SVGGElement>} */ (document.querySelectorAll(".node"))];
const places = nodes.map((node) => (node.getAttribute("transform") ?? "").match(/-?[\d.]+/g)?.map(Number) ?? [0, 0]);
const texts = rows.map((row) => `${row.children[1].textContent} ${row.children[2].textContent}`.toLowerCase());
const search = /** @type {HTMLInputElement} */ (document.querySelector("#search"));
const found = /** @type {HTMLOutputElement} */ (document.querySelector("#found"));
const [boxLeft, boxTop, boxWidth, boxHeight] = (svg.dataset.box ?? "").split(" ").map(Number);
const FAR = 3.5;
/** Half the size of a node. */
const NODE = { x: 95, y: 18 };
/** How far outside of what is shown the middle of a node may lie to be drawn. */
const MARGIN = 150;
/** What is shown: the point in the middle, and how many units of the drawing a pixel is. */
let view = { x: 0, y: 0, scale: 1 };
let chosen = -1;

/** Keep the widths of the columns that all rows together have: a row can then be laid out alone, when it is seen. */
function fixColumns() {
  const cells = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("thead th"))];
  const style = document.head.appendChild(document.createElement("style"));
  const widths = cells.map((cell) => cell.getBoundingClientRect().width);
  style.textContent = widths.map((width, index) => `.fixed tr > :nth-child(${index + 1}) { width: ${width}px; flex: none; }`).join("\n");
  const table = /** @type {HTMLElement} */ (document.querySelector("table"));
  table.style.setProperty("--width", `${widths.reduce((sum, width) => sum + width)}px`);
  table.style.setProperty("--height", `${rows[0].getBoundingClientRect().height}px`);
  table.classList.add("fixed");
}

/** The scale at which all of the graph is seen. */
function whole() {
  return Math.max(boxWidth / svg.clientWidth, boxHeight / svg.clientHeight);
}

/** @param {Partial<typeof view>} change */
function show(change) {
  view = { ...view, ...change };
  const [across, down] = [svg.clientWidth * view.scale, svg.clientHeight * view.scale];
  const [left, top] = [view.x - across / 2, view.y - down / 2];
  drawing.setAttribute("transform", `scale(${1 / view.scale}) translate(${-left} ${-top})`);
  svg.dataset.view = `${left} ${top} ${across} ${down}`;
  svg.classList.toggle("far", view.scale > FAR);
  places.forEach(([x, y], index) => {
    const away = Math.abs(x + NODE.x - view.x) > across / 2 + MARGIN || Math.abs(y + NODE.y - view.y) > down / 2 + MARGIN;
    nodes[index].classList.toggle("away", away);
  });
}

/** Show the graph at a readable scale around a point, and all of its width where that fits. @param {number} x @param {number} y */
function center(x, y) {
  const fit = boxWidth / svg.clientWidth;
  const fits = fit < 1.3;
  const scale = Math.max(0.75, Math.min(1.1, view.scale), fits ? fit : 0);
  show({ x: fits ? boxLeft + boxWidth / 2 : x, y: Math.max(y, boxTop + (svg.clientHeight * scale) / 2), scale });
}

/** @param {number} factor @param {number} x @param {number} y point that stays, in pixels from the middle */
function zoom(factor, x = 0, y = 0) {
  const scale = Math.min(Math.max(view.scale * factor, 0.2), Math.max(whole(), 1) * 1.5);
  show({ x: view.x + x * (view.scale - scale), y: view.y + y * (view.scale - scale), scale });
}

/** @param {number} index @param {{ graph?: boolean, table?: boolean }} move */
function choose(index, move = { graph: true, table: true }) {
  if (index < 0 || index >= rows.length) return;
  rows[chosen]?.classList.remove("chosen");
  nodes[chosen]?.classList.remove("chosen");
  chosen = index;
  rows[index].classList.add("chosen");
  nodes[index].classList.add("chosen");
  if (move.table) rows[index].scrollIntoView({ block: "nearest" });
  if (move.graph) {
    const [x, y] = places[index];
    center(x + NODE.x, y + NODE.y);
  }
}

for (const element of document.querySelectorAll("[data-index]")) {
  const inGraph = element instanceof SVGElement;
  element.addEventListener("click", () => {
    if (!dragged) choose(Number(/** @type {HTMLElement} */ (element).dataset.index), { graph: !inGraph, table: true });
  });
}

search.addEventListener("input", () => {
  const wanted = search.value.trim().toLowerCase();
  let first = -1;
  let count = 0;
  rows.forEach((row, index) => {
    const hidden = !texts[index].includes(wanted);
    row.classList.toggle("hidden", hidden);
    nodes[index].classList.toggle("hidden", hidden);
    if (!hidden && first < 0) first = index;
    if (!hidden) count += 1;
  });
  found.value = wanted ? `${count} of ${rows.length}` : "";
  if (wanted && first >= 0) choose(first);
});

/** The next row that the search shows. @param {number} step */
function next(step) {
  let index = chosen + step;
  while (rows[index]?.classList.contains("hidden")) index += step;
  return index;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== search) {
    event.preventDefault();
    search.focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    choose(next(event.key === "ArrowDown" ? 1 : -1));
  } else if (event.key === "Escape") {
    search.value = "";
    search.dispatchEvent(new Event("input"));
    search.blur();
  }
});

let dragged = false;
svg.addEventListener("pointerdown", (event) => {
  const start = { x: event.clientX, y: event.clientY, view };
  dragged = false;
  /** @param {PointerEvent} moved */
  const move = (moved) => {
    const [dx, dy] = [moved.clientX - start.x, moved.clientY - start.y];
    if (Math.hypot(dx, dy) < 4 && !dragged) return;
    dragged = true;
    svg.classList.add("dragging");
    show({ x: start.view.x - dx * view.scale, y: start.view.y - dy * view.scale });
  };
  const end = () => {
    svg.classList.remove("dragging");
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointerup", end);
  };
  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", end);
});
svg.addEventListener("wheel", (event) => {
  event.preventDefault();
  const box = svg.getBoundingClientRect();
  zoom(Math.exp(event.deltaY / 500), event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2);
}, { passive: false });
document.querySelector("#in")?.addEventListener("click", () => zoom(0.8));
document.querySelector("#out")?.addEventListener("click", () => zoom(1.25));
document.querySelector("#all")?.addEventListener("click", () => show({ x: boxLeft + boxWidth / 2, y: boxTop + boxHeight / 2, scale: whole() }));
window.addEventListener("resize", () => show({}));

svg.removeAttribute("viewBox"); // its change would lay out the whole page
fixColumns();
choose(0);
