// @ts-check
/** Lanes for the connections of a list of layers, and the blocks that it can be folded to. */

/** @typedef {import("actiscope/types.js").LayerInfo} LayerInfo */
/** @typedef {{ name: string, first: number, last: number }} Fold */
/** @typedef {{ layer: LayerInfo, fold: Fold | null }} Row */
/** @typedef {{ from: number, to: number, lane: number }} Path rows, and the lane left of the dots; 0 is straight down */

const MOST_LANES = 7;
const MOST_ROWS = 60;
const DEEPEST = 6;

/**
 * Blocks of layers that follow each other and share the beginning of their names: as many as can be
 * looked over, or else those that leave the fewest rows.
 * @param {LayerInfo[]} layers
 * @returns {Map<string, Fold>}
 */
export function foldsOf(layers) {
  /** @type {{ found: Fold[], rows: number }[]} */
  const ways = [];
  for (let depth = 1; depth <= DEEPEST; depth += 1) {
    const found = blocksOf(layers, depth);
    const folded = found.reduce((sum, { first, last }) => sum + last - first + 1, 0);
    if (folded >= layers.length / 3) ways.push({ found, rows: layers.length - folded + found.length });
  }
  const most = Math.max(...ways.filter(({ rows }) => rows <= MOST_ROWS).map(({ found }) => found.length));
  const fewest = Math.min(...ways.map(({ rows }) => rows));
  const best = ways.find(({ found, rows }) => (most > 0 ? rows <= MOST_ROWS && found.length === most : rows === fewest));
  return new Map(best?.found.map((fold) => [fold.name, fold]));
}

/** @param {LayerInfo[]} layers @param {number} depth @returns {Fold[]} */
function blocksOf(layers, depth) {
  /** @type {Fold[]} */
  const found = [];
  for (const { index, name } of layers) {
    const parts = name.split(/(?<=[./_-])/);
    const beginning = parts.slice(0, Math.min(depth, parts.length - 1)).join("");
    const latest = found.at(-1);
    if (latest && beginning && latest.name === beginning) latest.last = index;
    else found.push({ name: beginning, first: index, last: index });
  }
  const counts = new Map();
  return found.filter(({ first, last, name }) => last > first && /[^./_-]/.test(name)).map((fold) => {
    const seen = (counts.get(fold.name) ?? 0) + 1;
    counts.set(fold.name, seen);
    const plain = fold.name.replace(/[./_-]+$/, "");
    return { ...fold, name: seen > 1 ? `${plain} (${seen})` : plain };
  });
}

/** Lanes for the connections between the rows that are shown. @param {LayerInfo[]} layers @param {Row[]} visible @param {Set<string>} closed @returns {{ lanes: number, paths: Path[] }} */
export function railsOf(layers, visible, closed) {
  /** @type {Map<number, number>} */
  const rowOf = new Map();
  visible.forEach(({ layer, fold }, row) => {
    const last = fold && closed.has(fold.name) ? fold.last : layer.index;
    for (let index = layer.index; index <= last; index += 1) rowOf.set(index, row);
  });
  /** @type {Set<string>} */
  const known = new Set();
  /** @type {number[]} */
  const free = [];
  /** @type {Path[]} */
  const paths = [];
  for (const layer of layers) {
    const to = rowOf.get(layer.index);
    for (const input of layer.inputs) {
      const from = rowOf.get(input);
      if (from === undefined || to === undefined || from >= to || known.has(`${from} ${to}`)) continue;
      known.add(`${from} ${to}`);
      paths.push({ from, to, lane: 0 });
    }
  }
  paths.sort((a, b) => a.from - b.from || b.to - a.to);
  for (const path of paths) {
    if (path.to === path.from + 1) continue;
    let lane = free.findIndex((until) => until <= path.from);
    if (lane < 0) lane = Math.min(free.length, MOST_LANES - 1);
    free[lane] = Math.max(free[lane] ?? 0, path.to);
    path.lane = lane + 1;
  }
  return { lanes: free.length, paths };
}
