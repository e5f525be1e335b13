// @ts-check
/** What the page says of a collection, in English and Japanese. */

/** @type {Record<string, Record<string, string>>} */
export const CARDS = {
  en: {
    "cards": "In the collection", "cards.images": "{count} pictures", "cards.imagesSoFar": "{count} pictures so far", "cards.dead": "dead", "cards.always": "always on",
    "cards.deadHint": "above zero in no picture", "cards.alwaysHint": "above zero in every picture",
    "cards.active": "active in", "cards.above": "values above 0", "cards.median": "median", "cards.most": "99 % below",
    "cards.open": "{name}: {value} at row {row}, column {col}. Open it here.", "cards.shown": "{name}: {value} at row {row}, column {col}",
    "cards.lost": "Pictures gone or changed since they were indexed: {count}.", "cards.none": "This layer is not in the index, which has {layers}.",
    "cards.nothing": "It answers to nothing: all of its values are zero.",
    "sort.active": "share of the collection",
  },
  ja: {
    "cards": "画像集の中で", "cards.images": "画像 {count} 枚", "cards.imagesSoFar": "画像 {count} 枚（作成途中）", "cards.dead": "不活性", "cards.always": "常に活性",
    "cards.deadHint": "どの画像でも 0 を超えない", "cards.alwaysHint": "すべての画像で 0 を超える",
    "cards.active": "活性な画像", "cards.above": "0 を超える値", "cards.median": "中央値", "cards.most": "99 % 点",
    "cards.open": "{name}: 行 {row}、列 {col} で {value}。ここで開く", "cards.shown": "{name}: 行 {row}、列 {col} で {value}",
    "cards.lost": "索引の作成後に移動または変更された画像: {count} 枚", "cards.none": "この層は索引にありません（索引にある層: {layers}）。",
    "cards.nothing": "どの画像にも反応しません。値はすべて 0 です。",
    "sort.active": "活性な画像の割合",
  },
};
