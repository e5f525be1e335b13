// @ts-check
/** What the page says, in English and Japanese. */

import { CARDS } from "actiscope/cards-texts.js";
import { EVIDENCE } from "actiscope/evidence-texts.js";

/** @type {Record<string, Record<string, string>>} */
export const TEXTS = {
  en: {
    ...EVIDENCE.en,
    ...CARDS.en,
    network: "Network", layerList: "Layers", channels: "Channels", focus: "Focus", pictures: "Pictures", classes: "Classes",
    search: "Search layers  ( / )", compact: "Compact", fold: "Fold blocks", unfold: "Unfold",
    layers: "{count} layers", learnables: "{count} learnables",
    sort: "Order", "sort.index": "number", "sort.strongest": "strongest", "sort.mean": "mean",
    "sort.energy": "energy", "sort.change": "change",
    scale: "Scale", "scale.layer": "whole layer", "scale.channel": "each channel",
    "scale.percentile": "1st–99th percentile", "scale.signed": "signed around 0", "scale.fixed": "fixed",
    map: "Colours", show: "Show", "show.a": "A", "show.b": "B", "show.change": "B − A", tile: "Tiles",
    from: "from", to: "to",
    size: "Fed at", "size.own": "the network's size", "size.native": "the picture's size", "size.other": "another …", "size.is": "the network's is {size}",
    guessed: "a guess", add: "Add a picture", setB: "Compare with this picture", dropB: "Stop comparing",
    drop: "Drop pictures anywhere", edit: "Edit", undo: "Undo", done: "Start over", brush: "Brush", live: "Camera", stop: "Stop",
    "tool.inpaint": "erase", "tool.blur": "blur", "tool.flat": "flat", "tool.noise": "noise",
    editHint: "Paint on the picture: A stays as it was, B is what you painted.",
    channel: "channel {channel}", ofLayer: "{channels} channels of {height} × {width}", dead: "the same everywhere",
    opacity: "Overlay", pin: "Pin", unpin: "Unpin", pins: "Pinned",
    rank: "{rank} of {count} by strength", rankChange: "{rank} of {count} by change", min: "lowest", max: "highest", mean: "mean", deviation: "deviation",
    unit: "row {row}, column {col}", sees: "sees rows {top}–{bottom}, columns {left}–{right}", seesAll: "sees everything",
    pixel: "pixel {row}, {col}", about: "≈", peak: "strongest unit", changedMost: "changed most",
    save: "Take away", savePicture: "Picture of the grid (PNG)", saveValues: "Values (npz)", copyAddress: "Copy the address",
    saveReport: "This page as one file (HTML)", copied: "Copied", working: "Working …", help: "Keys",
    notFinite: "{count} values are not finite", noData: "This file holds no data for that layer.", noDataHere: "Of that picture this file holds only the layer of the study.",
    cannotCompare: "A and B differ in size here: no difference can be shown.",
    unreachable: "The server does not answer. Trying again …",
    gone: "A picture that the address names is not here.", noLayer: "This network has no layer {name}.",
    noChannel: "There is no channel {channel} here: channels are 0–{most}.",
    noUnit: "There is no unit {row}, {col} here, only rows 0–{rows} and columns 0–{cols}: the strongest is shown.", close: "Close", frames: "{count} frames a second",
    "key.arrows": "choose a channel", "key.layers": "next, previous layer", "key.search": "search layers", "key.sort": "next order",
    "key.scale": "next scale", "key.map": "next colours", "key.show": "A, B, B − A", "key.pin": "pin the channel",
    "key.edit": "edit", "key.photo": "on the picture: point at a unit; follow it, paint or mark there", "key.undo": "undo a stroke", "key.zoom": "larger, smaller tiles", "key.help": "these keys",
    grid: "Channels of {layer}; arrow keys choose one", photo: "The picture under the channel",
    histogram: "Histogram of the channel's values", camera: "The camera cannot be used: {reason}",
  },
  ja: {
    ...EVIDENCE.ja,
    ...CARDS.ja,
    network: "ネットワーク", layerList: "層", channels: "チャネル", focus: "注目", pictures: "画像", classes: "クラス",
    search: "層を検索  ( / )", compact: "詰めて表示", fold: "ブロックを畳む", unfold: "展開",
    layers: "{count} 層", learnables: "学習パラメータ {count}",
    sort: "並び順", "sort.index": "番号順", "sort.strongest": "最大値の大きい順", "sort.mean": "平均の大きい順",
    "sort.energy": "エネルギーの大きい順", "sort.change": "変化の大きい順",
    scale: "尺度", "scale.layer": "層で共通", "scale.channel": "チャネルごと", "scale.percentile": "層の 1〜99 パーセンタイル",
    "scale.signed": "符号つき(中央が 0)", "scale.fixed": "固定", map: "配色", show: "表示", "show.a": "A", "show.b": "B",
    "show.change": "B − A", tile: "タイルの大きさ", from: "下限", to: "上限",
    size: "入力サイズ", "size.own": "網の既定", "size.native": "画像のまま", "size.other": "その他 …", "size.is": "網の既定は {size}", guessed: "推定",
    add: "画像を追加", setB: "この画像と比べる", dropB: "比較をやめる", drop: "画像をここへドロップ",
    edit: "編集", undo: "元に戻す", done: "最初から", brush: "筆", live: "カメラ", stop: "停止",
    "tool.inpaint": "消す", "tool.blur": "ぼかす", "tool.flat": "塗る", "tool.noise": "ノイズ",
    editHint: "画像に描いてください。A は元のまま、B が描いた結果です。",
    channel: "チャネル {channel}", ofLayer: "{channels} チャネル、{height} × {width}", dead: "一様",
    opacity: "重ね", pin: "留める", unpin: "外す", pins: "留めたチャネル",
    rank: "強さ {count} 中 {rank} 位", rankChange: "変化 {count} 中 {rank} 位", min: "最小", max: "最大", mean: "平均", deviation: "標準偏差",
    unit: "行 {row}、列 {col}", sees: "行 {top}–{bottom}、列 {left}–{right} を見る", seesAll: "全体を見る",
    pixel: "画素 {row}, {col}", about: "≈", peak: "最も強いユニット", changedMost: "最大の変化",
    save: "持ち出す", savePicture: "一覧の画像 (PNG)", saveValues: "値 (npz)", copyAddress: "アドレスをコピー",
    saveReport: "このページを 1 ファイルに (HTML)", copied: "コピーしました", working: "計算中 …", help: "キー",
    notFinite: "有限でない値が {count} 個", noData: "このファイルにその層のデータはありません。", noDataHere: "この画像については、実験の層だけがこのファイルにあります。",
    cannotCompare: "A と B の大きさが違うため、差は表示できません。",
    unreachable: "サーバーが応答しません。再試行しています …",
    gone: "アドレスの示す画像はここにありません。", noLayer: "この網に層 {name} はありません。",
    noChannel: "ここにチャネル {channel} はありません(0〜{most})。",
    noUnit: "ここにユニット {row}, {col} はありません(行 0〜{rows}、列 0〜{cols})。最も強いユニットを示します。", close: "閉じる", frames: "毎秒 {count} コマ",
    "key.arrows": "チャネルを選ぶ", "key.layers": "次・前の層", "key.search": "層を検索", "key.sort": "並び順を変える",
    "key.scale": "尺度を変える", "key.map": "配色を変える", "key.show": "A、B、B − A", "key.pin": "チャネルを留める",
    "key.edit": "編集", "key.photo": "画像の上: ユニットを指す・選ぶ・そこに描く・印を付ける", "key.undo": "一筆戻す", "key.zoom": "タイルの拡大・縮小", "key.help": "キーの一覧",
    grid: "{layer} のチャネル。矢印キーで選ぶ", photo: "チャネルの下の画像",
    histogram: "チャネルの値の度数分布", camera: "カメラを使えません: {reason}",
  },
};

/** The language of the page: that of the address, else the browser's, else English. */
export const language = (() => {
  const asked = [new URLSearchParams(location.search).get("lang"), ...navigator.languages];
  return asked.map((code) => code?.slice(0, 2)).find((code) => code && code in TEXTS) ?? "en";
})();

/** What the page says. @param {string} key @param {Record<string, any>} [values] for the holes */
export function t(key, values = {}) {
  const text = TEXTS[language][key] ?? TEXTS.en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}
