// @ts-check
const svg = /** @type {SVGSVGElement} */ (document.querySelector("#graph svg"));
const rows = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("tbody tr"))];
const nodes = [.../** @type {NodeListOf<SVGGElement>} */ (document.querySelectorAll(".node"))];
const search = /** @type {HTMLInputElement} */ (document.querySelector("#search"));
const whole = (svg.dataset.box ?? "").split(" ").map(Number);
let view = [...whole];
let chosen = -1;

function draw() {
  svg.setAttribute("viewBox", view.join(" "));
}

/** Show the graph at a readable scale around a point. @param {number} x @param {number} y */
function center(x, y) {
  const { clientWidth, clientHeight } = svg;
  const scale = Math.min(1.1, Math.max(0.75, view[2] / clientWidth));
  const [width, height] = [clientWidth * scale, clientHeight * scale];
  view = [x - width / 2, Math.max(y - height / 2, whole[1]), width, height];
  draw();
}

/** @param {number} factor @param {number} x @param {number} y point that stays, 0-1 */
function zoom(factor, x = 0.5, y = 0.5) {
  const [left, top, width, height] = view;
  view = [left + width * x * (1 - factor), top + height * y * (1 - factor), width * factor, height * factor];
  draw();
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
    const at = (nodes[index].getAttribute("transform") ?? "").match(/-?[\d.]+/g)?.map(Number) ?? [0, 0];
    center(at[0] + 95, at[1] + 18);
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
  rows.forEach((row, index) => {
    const text = `${row.children[1].textContent} ${row.children[2].textContent}`.toLowerCase();
    const hidden = !text.includes(wanted);
    row.classList.toggle("hidden", hidden);
    nodes[index].classList.toggle("hidden", hidden);
    if (!hidden && first < 0) first = index;
  });
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
  const start = { x: event.clientX, y: event.clientY, view: [...view] };
  dragged = false;
  /** @param {PointerEvent} moved */
  const move = (moved) => {
    const scale = Math.max(start.view[2] / svg.clientWidth, start.view[3] / svg.clientHeight);
    const [dx, dy] = [moved.clientX - start.x, moved.clientY - start.y];
    if (Math.hypot(dx, dy) < 4 && !dragged) return;
    dragged = true;
    svg.classList.add("dragging");
    view = [start.view[0] - dx * scale, start.view[1] - dy * scale, start.view[2], start.view[3]];
    draw();
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
  zoom(Math.exp(event.deltaY / 500), (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
}, { passive: false });
document.querySelector("#in")?.addEventListener("click", () => zoom(0.8));
document.querySelector("#out")?.addEventListener("click", () => zoom(1.25));
document.querySelector("#all")?.addEventListener("click", () => {
  view = [...whole];
  draw();
});

choose(0);
