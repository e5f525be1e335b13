// @ts-check
/** What the page says of evidence, in English and Japanese. */

/** @type {Record<string, Record<string, string>>} */
export const EVIDENCE = {
  en: {
    drives: "What drives it?", "drives.fill": "Covered with", "fill.grey": "grey", "fill.blur": "blur", "fill.inpaint": "inpaint",
    "drives.making": "Covering the picture, part by part", "drives.rises": "rises by {value}", "drives.falls": "falls by {value}",
    "drives.zero": "exactly 0: what is there does not matter to it", "drives.new": "What covers a part is new to the network, too: compare what covers it.", "drives.none": "There is no such map in this file.",
    "drives.where": "rows {top}–{bottom}, columns {left}–{right}", "drives.most": "needed most", "drives.unseen": "exactly 0",
    followed: "followed unit", mark: "Mark a region", markHint: "Draw a box on the picture, or point with arrow keys and press Enter at two corners.",
    region: "region {number}", regionName: "Name of the region", rankBy: "rank channels by this region", forget: "forget this region", theChange: "the change",
    changes: "What changed", "changes.says": "channel {channel}: {inside} at '{region}'{outside}; {rank} of {count} most selective",
    "changes.andElsewhere": ", {outside} elsewhere", "changes.to": "{before} to {after}", "changes.ranked": "Most selective at ‘{region}’",
    "changes.inside": "there", "changes.outside": "elsewhere", "changes.selectivity": "selectivity", "channel.": "channel",
    "changes.sizes": "A and B differ in size: their regions cannot be compared.",
    "changes.everything": "Every unit of this layer sees the whole picture: choose an earlier layer.",
    "changes.none": "Nothing is known of changes in these regions here.", "sort.selective": "selectivity",
    "key.drives": "what drives the channel", "key.fill": "covered with: the next", "key.mark": "mark a region",
  },
  ja: {
    drives: "何に反応?", "drives.fill": "覆い方", "fill.grey": "灰色", "fill.blur": "ぼかし", "fill.inpaint": "周囲で補完",
    "drives.making": "画像を少しずつ覆っています", "drives.rises": "{value} 上がる", "drives.falls": "{value} 下がる",
    "drives.zero": "ちょうど 0: そこに何があっても変わらない", "drives.new": "覆うもの自体も網には新しいので、覆い方を比べてください。", "drives.none": "このファイルにその図はありません。",
    "drives.where": "行 {top}–{bottom}、列 {left}–{right}", "drives.most": "最も必要な所", "drives.unseen": "ちょうど 0",
    followed: "選んだユニット", mark: "領域を指定", markHint: "画像上で枠を描いてください(矢印キーで指し、二つの角で Enter も可)。",
    region: "領域 {number}", regionName: "領域の名前", rankBy: "この領域でチャネルを順位づけ", forget: "この領域を消す", theChange: "変化した所",
    changes: "何が変わったか", "changes.says": "チャネル {channel}: 「{region}」で {inside}{outside}。選択性は {count} 中 {rank} 位",
    "changes.andElsewhere": "、他では {outside}", "changes.to": "{before} → {after}", "changes.ranked": "「{region}」で選択的に変化したチャネル",
    "changes.inside": "領域内", "changes.outside": "領域外", "changes.selectivity": "選択性", "channel.": "チャネル",
    "changes.sizes": "A と B の大きさが違うため、領域を比べられません。",
    "changes.everything": "この層のユニットはどれも画像全体を見ます。もっと前の層を選んでください。",
    "changes.none": "この領域の変化はここには記録されていません。", "sort.selective": "選択性の高い順",
    "key.drives": "何に反応しているか", "key.fill": "次の覆い方", "key.mark": "領域を指定",
  },
};
