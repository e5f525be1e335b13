// @ts-check
/** The camera as picture A: the newest frame when the last one has been shown, never a queue. */

import { contextOf, fill, find } from "actiscope/dom.js";
import { messageOf } from "actiscope/errors.js";
import { isCurrent } from "actiscope/sprite.js";
import { t } from "actiscope/texts.js";

/** @typedef {import("actiscope/types.js").NetworkInfo} NetworkInfo */
/** @typedef {import("actiscope/types.js").Source} Source */
/** @typedef {import("actiscope/types.js").State} State */
/** @typedef {import("actiscope/store.js").Store} Store */

const QUALITY = 0.9;

/** @param {Store} store @param {Source} source @param {NetworkInfo} network */
export function mountCamera(store, source, network) {
  const button = find("#live", HTMLButtonElement);
  const add = source.add;
  button.hidden = !add || !navigator.mediaDevices;
  if (!add) return;
  const send = add;
  const frame = document.createElement("canvas");
  const video = document.createElement("video");
  video.muted = true;

  async function run() {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user" } });
    const { pictures } = store.state;
    let last = null;
    try {
      video.srcObject = stream;
      await video.play();
      let [shown, since] = [0, performance.now()];
      while (store.state.live) {
        const blob = await grab();
        const picture = await send(blob, "camera", true);
        if (!store.state.live) break;
        store.set({ pictures: [...pictures, picture], a: picture.id });
        last = blob;
        await settled();
        shown += 1;
        const seconds = (performance.now() - since) / 1000;
        if (seconds >= 1) {
          store.set({ frames: shown / seconds });
          [shown, since] = [0, performance.now()];
        }
      }
    } finally {
      for (const track of stream.getTracks()) track.stop();
      video.srcObject = null;
      store.set({ frames: 0 });
    }
    if (last) await keep(last);
  }

  /** Make the last frame a picture that stays. @param {Blob} blob */
  async function keep(blob) {
    const picture = await send(blob, "camera");
    const others = store.state.pictures.filter(({ id }) => id !== picture.id);
    store.set({ pictures: [...others, picture] });
  }

  /** The middle of what the camera sees now, at the network's own size. @returns {Promise<Blob>} */
  async function grab() {
    const [height, width] = network.input_size;
    [frame.width, frame.height] = [width, height];
    const scale = Math.max(width / video.videoWidth, height / video.videoHeight);
    const [wide, tall] = [width / scale, height / scale];
    contextOf(frame).drawImage(video, (video.videoWidth - wide) / 2, (video.videoHeight - tall) / 2, wide, tall, 0, 0, width, height);
    return new Promise((resolve, reject) =>
      frame.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no frame"))), "image/jpeg", QUALITY));
  }

  let arrived = () => {};
  /** Wait until the values of a picture are there: they are painted while the next frame is on its way. @returns {Promise<void>} */
  const settled = () => new Promise((resolve) => {
    arrived = resolve;
    look(store.state);
  });
  const look = (/** @type {State} */ state) => {
    if (isCurrent(state) || state.problem || !state.live) arrived();
  };
  store.on(["spriteA", "problem", "live"], look);

  button.addEventListener("click", () => store.set({ live: !store.state.live, editing: false, strokes: [], b: "", show: "a" }));
  store.on(["live", "frames"], ({ live, frames }) => {
    button.setAttribute("aria-pressed", String(live));
    fill(button, live ? `${t("stop")}${frames ? ` · ${t("frames", { count: frames.toFixed(1) })}` : ""}` : t("live"));
  });
  store.on(["live"], ({ live }) => {
    if (!live) return;
    run().catch((error) => store.set({ live: false, problem: error instanceof DOMException ? t("camera", { reason: error.message }) : messageOf(error) }));
  });
}
