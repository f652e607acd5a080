// The scan box: a scanner types into it and ends with Enter; a camera fills it as well.
import { available, open } from "./camera.js";
import { post } from "./post.js";
import { play } from "./sound.js";

play(document.querySelector("[data-sound]")?.dataset.sound);

const form = document.querySelector("form[data-scan]");
if (form && available()) prepare(form);

// Whatever is typed while nothing else has the focus goes into the box.
addEventListener("keydown", (event) => {
  const box = form?.elements.scan;
  if (!box || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
  if (document.activeElement === document.body || document.activeElement?.id === "main") box.focus();
});

function prepare(form) {
  const button = form.querySelector("button.camera"), stage = form.querySelector(".stage");
  const video = stage.querySelector("video"), wrong = form.querySelector(".camera-wrong");
  let close, timer, busy = false;
  button.hidden = false;
  button.addEventListener("click", () => (close ? stop() : start()));
  addEventListener("pagehide", stop);

  async function start() {
    wrong.hidden = true;
    try {
      close = await open(video, { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } });
    } catch {
      wrong.textContent = button.dataset.refused;
      wrong.hidden = false;
      return;
    }
    stage.hidden = false;
    timer = setInterval(look, 350);
  }

  function stop() {
    clearInterval(timer);
    close?.();
    close = undefined;
    stage.hidden = true;
  }

  async function look() {
    if (busy || !video.videoWidth) return;
    busy = true;
    try {
      const canvas = document.createElement("canvas");
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      canvas.getContext("2d").drawImage(video, 0, 0);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
      const body = new FormData();
      body.set("picture", blob, "frame");
      const answer = await post("/read", body);
      const text = answer.ok && answer.status === 200 ? await answer.text() : "";
      if (text && close) {
        stop();
        form.elements.scan.value = text;
        form.requestSubmit(form.querySelector("button:not([type])"));
      }
    } finally {
      busy = false;
    }
  }
}
