// @ts-check
/** The shapes of what modules hand to each other. */

/**
 * One layer's answer to one picture, as it travels: 8 bits a unit between the true lowest and highest
 * value of its channel.
 * @typedef {object} Sprite
 * @property {SpriteHeader} header
 * @property {Float32Array} low lowest value of each channel
 * @property {Float32Array} high highest value of each channel
 * @property {Float32Array} mean
 * @property {Float32Array} energy sum of squares
 * @property {Int32Array} peak unit that has the highest value, row by row
 * @property {Uint8Array} maps channel by channel, row by row
 * @property {string} [key] what it shows, as `keyOf` names it
 */

/**
 * @typedef {object} SpriteHeader
 * @property {number} layer
 * @property {number} channels
 * @property {number} height
 * @property {number} width
 * @property {number} min
 * @property {number} max
 * @property {number} p1 first percentile
 * @property {number} p99
 * @property {number} not_finite
 * @property {[number, number]} image_size
 * @property {[number, number]} input_size
 * @property {Geometry | null} geometry null where every unit sees everything
 */

/**
 * Where units look on the picture, in pixels as rows and columns.
 * @typedef {object} Geometry
 * @property {[number, number]} stride
 * @property {[number, number]} centre of unit 0, 0
 * @property {[number | null, number | null]} start first edge that unit 0, 0 sees
 * @property {[number | null, number | null]} field height and width of what a unit sees
 */

/**
 * @typedef {object} LayerInfo
 * @property {number} index
 * @property {string} name
 * @property {string} type
 * @property {number[]} inputs
 * @property {number[]} size
 * @property {string} axes
 * @property {number} learnables
 * @property {[number, number] | null} field
 * @property {[number, number] | null} stride
 * @property {string} family
 */

/**
 * @typedef {object} NetworkInfo
 * @property {string} name
 * @property {[number, number]} input_size
 * @property {{ source: string, guessed: boolean }} preparation
 * @property {string} device
 * @property {number} classes
 * @property {number} learnables
 * @property {LayerInfo[]} layers
 * @property {Record<string, string>} colormaps name to base64 of 256 RGB triples
 * @property {string[]} sizes
 * @property {boolean} can_edit
 * @property {Tool[]} tools
 * @property {Fill[]} fills what a part of a picture can be covered with
 * @property {number | null} scores index of the layer whose channels are the scores of the classes
 * @property {{ images: number, finished: boolean, layers: number[], size: string } | null} indexed what an index of a collection has: layers by number, and the size that its pictures were fed at
 */

/**
 * @typedef {object} Picture
 * @property {string} id
 * @property {string} name
 * @property {number} height
 * @property {number} width
 * @property {boolean} sample
 * @property {string | null} of the picture that it is an edit of
 */

/** @typedef {"inpaint" | "blur" | "flat" | "noise"} Tool */
/** @typedef {{ tool: Tool, radius: number, points: [number, number][] }} Stroke */
/** @typedef {{ index: number, name: string, probability: number }} Score */
/** @typedef {"index" | "strongest" | "mean" | "energy" | "change" | "selective" | "auc" | "active"} Sort */
/** @typedef {"layer" | "channel" | "percentile" | "signed" | "fixed"} Scale */
/** @typedef {"a" | "b" | "change"} Shown */
/** @typedef {{ layer: number, channel: number }} Pin */
/** @typedef {"grey" | "blur" | "inpaint"} Fill */
/** @typedef {"fine" | "coarse"} Step how far the window that covers a picture moves on */
/** @typedef {{ done?: number, total?: number, left?: number | null, waiting?: boolean }} Covered how far a map is, with the seconds that are left if that can be told; or that another is made first */
/** @typedef {{ name: string, box: [number, number, number, number] }} Region columns and rows of two corners, the second outside */

/**
 * How a value falls when parts of a picture are covered.
 * @typedef {object} Drives
 * @property {Fill} fill
 * @property {number} value that of the whole picture
 * @property {[number, number]} unit
 * @property {[number, number]} window
 * @property {{ stride: [number, number], centre: [number, number], start: [number, number], receptive_field: [number, number] }} geometry of the windows
 * @property {number[][]} drops
 * @property {string} [key] what it is of
 */

/** @typedef {{ channel: number, region: string, before: number, after: number, difference: number, percent: number | null }} Change */
/** @typedef {{ inside: Change, outside: Change | null, selectivity: number, rank: number, channels: number }} Selectivity */
/** @typedef {{ channel: number, auc: number, low: number, high: number, q: number, iou: number | null, hit_rate: number | null }} ChannelAnswer */

/**
 * How well the channels of a layer tell pictures of a concept from others.
 * @typedef {object} Dissection
 * @property {number} layer
 * @property {string} concept
 * @property {ChannelAnswer[]} channels the largest area first
 * @property {number} with_concept
 * @property {number} without_concept
 * @property {[number, number]} size at which its pictures went in
 * @property {number} confidence
 * @property {{ auc: number, significant: number }[]} controls networks with random weights
 * @property {string[]} caveats
 */

/** @typedef {{ text: string, control: boolean, holds: boolean, as_expected: boolean, found: string, channel: number, region: string, a: string, b: string }} Claim */
/** @typedef {{ title: string, text: string, layer: number, size: string, as_expected: boolean, regions: Region[], claims: Claim[], changes: KnownChanges[] }} Study */
/** @typedef {{ a: string, b: string, layer: number, regions: Region[], found: RegionChanges[] }} KnownChanges */
/**
 * What a value is the sum of: shares of the channels of an earlier layer.
 * @typedef {object} Sum
 * @property {number} value
 * @property {[number, number]} unit
 * @property {number} through the earlier layer
 * @property {{ channel: number, share: number }[]} shares the largest first
 * @property {number} others how many more channels have a share
 * @property {number} rest what those come to
 * @property {number} nothing what there is without the earlier layer
 */
/** @typedef {Sum & { picture: string, layer: number, channel: number, of: string | null }} KnownSum */
/** @typedef {Drives & { picture: string, layer: number, channel: number, of: string | null, step: Step }} KnownDrives */
/** @typedef {{ dissections: Dissection[], study: Study | null, seen?: { drives: KnownDrives[], sums: KnownSum[], changes: KnownChanges[] } }} Exhibits what was found beforehand */
/** @typedef {{ layer: number, channel: number, unit: string | null, fills: Fill[], step: Step, sum: boolean, regions: Region[] }} Seen evidence that is on the screen */
/** @typedef {Region & { channels: Selectivity[] }} RegionChanges the most selective channel first */

/**
 * What the person looks at: all of it is in the address.
 * @typedef {object} View
 * @property {number} layer
 * @property {number} channel
 * @property {string} a id of the picture
 * @property {string} b id of the picture that it is compared with, or ""
 * @property {Sort} sort
 * @property {Scale} scale
 * @property {number} lo lower limit of the fixed scale
 * @property {number} hi
 * @property {string} map colour map
 * @property {Shown} show
 * @property {string} size
 * @property {number} tile width of a channel in the grid, in pixels
 * @property {Pin[]} pins
 * @property {Fill | ""} drive what covers the picture, to see what drives the channel
 * @property {boolean} sum whether it is told what the channel's value is the sum of
 * @property {Step} step how far what covers the picture moves on
 * @property {[number, number] | null} unit the one that is followed, row and column; else the strongest
 * @property {Region[]} regions
 * @property {string} region name of the one that channels are ranked by; "" for the first
 * @property {string} concept the one that channels are said to answer to, or not; "" for the first
 */

/**
 * What has been loaded for the view, and how the person works on it.
 * @typedef {object} Data
 * @property {Picture[]} pictures
 * @property {Sprite | null} spriteA
 * @property {Sprite | null} spriteB
 * @property {Float32Array | null} exactA true values of the chosen channel
 * @property {Float32Array | null} exactB
 * @property {Sprite | null} thumbnails one map a layer
 * @property {Score[]} classesA
 * @property {Score[]} classesB
 * @property {number} busy requests under way
 * @property {string} problem
 * @property {string} notice what has been done
 * @property {Hover | null} hover
 * @property {number} opacity
 * @property {boolean} editing
 * @property {Tool} tool
 * @property {number} radius
 * @property {Stroke[]} strokes
 * @property {boolean} live
 * @property {number} frames a second
 * @property {Drives[]} driven the maps that there are, one for each of what covers the picture
 * @property {Covered | null} covered how far a map is
 * @property {{ key: string, regions: RegionChanges[] } | null} changes from A to B
 * @property {Dissection[]} dissections
 * @property {boolean} marking
 * @property {Region["box"] | null} draft the region that is being marked
 * @property {{ layer: number, active: number[] } | null} shares of the pictures of a collection in which each channel of a layer lies above zero
 */

/** @typedef {{ row: number, col: number, which?: "a" | "b" }} Hover unit of the chosen channel under the pointer, and in which picture */
/** @typedef {View & Data} State */

/**
 * Where cards come from: what channels answer to over a collection.
 * @typedef {object} CardSource
 * @property {(layer: number) => Promise<Pick<import("actiscope/cards-painting.js").Card, "active" | "dead" | "always_on">[]>} layer
 * @property {(layer: number, channel: number, signal: AbortSignal) => Promise<import("actiscope/cards-painting.js").Card>} card
 * @property {(image: string) => string} pictureUrl
 * @property {((image: string) => Promise<Picture>) | null} open adds a picture of the collection to those at hand
 */

/**
 * Where the page gets its data from: a server, or the file that it is in.
 * @typedef {object} Source
 * @property {() => Promise<NetworkInfo>} network
 * @property {() => Promise<Picture[]>} pictures
 * @property {(picture: string, longest?: number) => string} pictureUrl whole, or shrunk to some pixels on its longer side
 * @property {(picture: string, layer: number, size: string, signal?: AbortSignal) => Promise<Sprite>} layer
 * @property {(picture: string, layer: number, channel: number, size: string, signal?: AbortSignal) => Promise<Float32Array | null>} channel null where only the sprite is there
 * @property {(picture: string, size: string, signal?: AbortSignal) => Promise<Sprite>} thumbnails
 * @property {(picture: string, size: string, signal?: AbortSignal) => Promise<Score[]>} classes
 * @property {((blob: Blob, name: string, frame?: boolean) => Promise<Picture>) | null} add
 * @property {((picture: string, strokes: Stroke[]) => Promise<Picture>) | null} edit
 * @property {((picture: string, layer: number, size: string) => string) | null} valuesUrl
 * @property {((pictures: string[], size: string, address: string, seen: Seen) => Promise<Blob>) | null} report
 * @property {() => Promise<Exhibits>} exhibits
 * @property {((picture: string, of: { layer: number, channel: number, size: string, unit: [number, number] | null, fill: Fill, step: Step }, signal: AbortSignal, tell: (covered: Covered) => void) => Promise<Drives | null>) | null} drives null where there is none
 * @property {((picture: string, of: { layer: number, channel: number, size: string, unit: [number, number] | null }, signal: AbortSignal) => Promise<Sum | null>) | null} sum null where there is none
 * @property {(of: { a: string, b: string, layer: number, size: string, regions: Region[] }, signal: AbortSignal) => Promise<RegionChanges[] | null>} changes null where there are none
 * @property {CardSource} cards only asked where the network's `indexed` is not null
 * @property {number[] | null} layers which layers there are data for; null for all
 * @property {string} address the view to begin with, as an address says it; empty for none
 */

export {};
