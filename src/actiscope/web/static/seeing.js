// @ts-check
/** Where units look on the picture, in its pixels. */

/** @typedef {import("actiscope/types.js").SpriteHeader} SpriteHeader */
/** @typedef {{ top: number, left: number, bottom: number, right: number }} Box */

/** The box that a unit sees, within the picture; null where it sees everything. @param {SpriteHeader} header @param {number} row @param {number} col @returns {Box | null} */
export function fieldOf({ geometry, image_size: [height, width] }, row, col) {
  if (!geometry) return null;
  const [rows, cols] = [span(geometry, 0, row), span(geometry, 1, col)];
  return {
    top: Math.max(0, rows[0]), left: Math.max(0, cols[0]),
    bottom: Math.min(height, rows[1]), right: Math.min(width, cols[1]),
  };
}

/** @param {import("actiscope/types.js").Geometry} geometry @param {0 | 1} axis @param {number} unit @returns {[number, number]} */
function span({ start, field, stride }, axis, unit) {
  const [first, extent] = [start[axis], field[axis]];
  if (first === null || extent === null) return [-Infinity, Infinity];
  return [first + unit * stride[axis], first + unit * stride[axis] + extent];
}

/** Where the map of a channel lies on the picture: each unit a cell around its centre. @param {SpriteHeader} header @returns {Box | null} */
export function placeOf({ geometry, height, width }) {
  if (!geometry) return null;
  const { centre: [row, col], stride: [down, across] } = geometry;
  const [top, left] = [row - down / 2, col - across / 2];
  return { top, left, bottom: top + height * down, right: left + width * across };
}

/** The point of the picture that a unit looks at, if it looks at any. @param {SpriteHeader} header @param {number} row @param {number} col @returns {[number, number] | null} */
export function centreOf({ geometry }, row, col) {
  if (!geometry) return null;
  const { centre, stride } = geometry;
  return [centre[0] + row * stride[0], centre[1] + col * stride[1]];
}

/** The unit whose cell holds a point of the picture, if any. @param {SpriteHeader} header @param {number} row @param {number} col */
export function unitAt(header, row, col) {
  const place = placeOf(header);
  if (!place) return null;
  const found = {
    row: Math.floor(((row - place.top) / (place.bottom - place.top)) * header.height),
    col: Math.floor(((col - place.left) / (place.right - place.left)) * header.width),
  };
  const inside = found.row >= 0 && found.col >= 0 && found.row < header.height && found.col < header.width;
  return inside ? found : null;
}
