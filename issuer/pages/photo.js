// Takes a photo, or opens a file, and cuts it by hand: 3 to 4, as it stands on the card.
import { available, open } from "./camera.js";

const form = document.getElementById("photo-form");
const stage = form.querySelector(".stage"), video = form.querySelector("video"), canvas = form.querySelector("canvas");
const oval = form.querySelector(".oval"), hint = document.getElementById("crop-hint"), zoom = form.querySelector(".zoom");
const buttons = form.querySelector(".camera-buttons"), take = form.querySelector(".take"), again = form.querySelector(".again");
const pick = form.querySelector(".pick"), cameras = form.querySelector(".cameras"), wrong = form.querySelector(".camera-wrong");
const keep = form.querySelector(".keep"), file = form.elements.photo, crop = form.elements.crop;
let close, picture, frame;

file.addEventListener("change", async () => {
  if (!file.files[0]) return;
  stop();
  try {
    show(await createImageBitmap(file.files[0], { imageOrientation: "from-image" }));
  } catch {
    // The server says what is wrong with the file.
    picture = undefined;
    canvas.hidden = hint.hidden = zoom.hidden = true;
  }
});
take.addEventListener("click", capture);
again.addEventListener("click", start);
cameras.addEventListener("change", start);
form.elements.zoom.addEventListener("input", () => { scale(); draw(); });
canvas.addEventListener("pointerdown", drag);
canvas.addEventListener("keydown", nudge);
form.addEventListener("submit", () => {
  crop.value = picture ? [frame.x, frame.y, frame.width, frame.height].map(Math.round).join(",") : "";
  stop();
});
addEventListener("pagehide", stop);
if (available()) start();
else say(form.dataset.none);

async function start() {
  stop();
  wrong.hidden = true;
  const chosen = cameras.value ? { deviceId: { exact: cameras.value } } : { facingMode: "user" };
  try {
    close = await open(video, { ...chosen, width: { ideal: 1280 }, height: { ideal: 960 } });
  } catch (error) {
    say(error.name === "NotFoundError" ? form.dataset.none : form.dataset.refused);
    return;
  }
  file.value = "";
  picture = undefined;
  video.hidden = stage.hidden = buttons.hidden = take.hidden = false;
  oval.removeAttribute("hidden");
  canvas.hidden = hint.hidden = zoom.hidden = again.hidden = true;
  const all = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.kind === "videoinput");
  pick.hidden = all.length < 2;
  if (cameras.options.length !== all.length) {
    cameras.replaceChildren(...all.map((one, at) => new Option(one.label || String(at + 1), one.deviceId)));
  }
}

function stop() {
  close?.();
  close = undefined;
}

function say(text) {
  wrong.textContent = text;
  wrong.hidden = false;
  stage.hidden = take.hidden = true;
}

async function capture() {
  const shot = document.createElement("canvas");
  shot.width = video.videoWidth;
  shot.height = video.videoHeight;
  shot.getContext("2d").drawImage(video, 0, 0);
  const blob = await new Promise((done) => shot.toBlob(done, "image/jpeg", 0.95));
  const files = new DataTransfer();
  files.items.add(new File([blob], "photo.jpg", { type: "image/jpeg" }));
  file.files = files.files;
  stop();
  again.hidden = false;
  take.hidden = true;
  show(await createImageBitmap(blob));
  keep.focus();
}

function show(bitmap) {
  picture = bitmap;
  form.elements.zoom.value = 100;
  stage.hidden = canvas.hidden = hint.hidden = zoom.hidden = false;
  video.hidden = true;
  oval.removeAttribute("hidden");
  canvas.width = 600;
  canvas.height = 800;
  frame = { x: 0, y: 0, width: 0, height: 0 };
  scale();
  draw();
}

// The frame keeps its centre while it grows or shrinks.
function scale() {
  const largest = Math.min(picture.width, picture.height * 0.75);
  const width = largest * 100 / form.elements.zoom.value, height = width / 0.75;
  const first = frame.width === 0;
  const x = first ? picture.width / 2 : frame.x + frame.width / 2;
  const y = first ? picture.height / 2 : frame.y + frame.height / 2;
  frame = { x: x - width / 2, y: y - height / 2, width, height };
  inside();
}

function inside() {
  frame.x = Math.max(0, Math.min(picture.width - frame.width, frame.x));
  frame.y = Math.max(0, Math.min(picture.height - frame.height, frame.y));
}

function draw() {
  canvas.getContext("2d").drawImage(picture, frame.x, frame.y, frame.width, frame.height, 0, 0, canvas.width, canvas.height);
}

function move(across, down) {
  frame.x += across;
  frame.y += down;
  inside();
  draw();
}

function drag(event) {
  if (!picture) return;
  canvas.setPointerCapture(event.pointerId);
  let { clientX, clientY } = event;
  const follow = (next) => {
    const ratio = frame.width / canvas.clientWidth;
    move((clientX - next.clientX) * ratio, (clientY - next.clientY) * ratio);
    ({ clientX, clientY } = next);
  };
  canvas.addEventListener("pointermove", follow);
  canvas.addEventListener("pointerup", () => canvas.removeEventListener("pointermove", follow), { once: true });
}

function nudge(event) {
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const step = steps[event.key];
  if (step) move(...step.map((one) => one * frame.width / 40));
  else if (event.key === "+" || event.key === "-") {
    form.elements.zoom.value = Number(form.elements.zoom.value) + (event.key === "+" ? 10 : -10);
    scale();
    draw();
  } else return;
  event.preventDefault();
}
