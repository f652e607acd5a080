// The camera: frames go to `readCodes` one after the other, and the texts found to the counter.

import { pace, readCodes } from "./carrier.js";

/** What is asked of the camera: dense codes need many pixels. */
const WANTED = { width: { ideal: 1920 }, height: { ideal: 1080 }, frameRate: { ideal: 30 } };
/** Milliseconds after a tap until the focus follows by itself again. */
const FOCUSED = 4_000;

/** Looks through a camera into `video`. `found(texts)` hears of each frame with codes, `told(state)` of each change. */
export class Camera {
  #video;
  #found;
  #told;
  #stream = null;
  #device = null;
  #lit = false;
  #turn = 0;
  #starting = false;

  constructor(video, found, told) {
    [this.#video, this.#found, this.#told] = [video, found, told];
    // Nobody looks through the camera of a page that nobody sees.
    let resumes = false;
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) {
        resumes = this.isOn;
        this.stop();
      } else if (resumes) {
        resumes = false;
        this.start();
      }
    });
  }

  get isOn() { return this.#stream !== null || this.#starting; }

  /** Starts, with the camera of this id or the rear one. */
  async start(device = this.#device) {
    this.stop();
    const turn = ++this.#turn;
    if (!navigator.mediaDevices?.getUserMedia) {
      this.#told({ trouble: isSecureContext ? "camera-none" : "camera-insecure" });
      return;
    }
    this.#starting = true;
    try {
      const which = device ? { deviceId: { exact: device } } : { facingMode: { ideal: "environment" } };
      const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...WANTED, ...which } });
      if (turn !== this.#turn) {
        end(stream);
        return;
      }
      this.#stream = stream;
      this.#device = this.#track.getSettings().deviceId ?? device;
      this.#track.addEventListener("ended", () => this.stop());
      this.#focus({ focusMode: "continuous" });
      this.#video.srcObject = stream;
      await this.#video.play();
      await this.#tell();
      this.#look(turn);
    } catch (error) {
      if (turn === this.#turn) this.stop(trouble(error));
    } finally {
      this.#starting = false;
    }
  }

  /** Stops; `trouble` is the name of the message that says why. */
  stop(trouble = null) {
    this.#turn += 1;
    if (this.#stream) end(this.#stream);
    this.#stream = null;
    this.#lit = false;
    this.#starting = false;
    this.#video.srcObject = null;
    this.#told({ isOn: false, trouble });
  }

  /** Turns the camera's lamp on or off. */
  async light() {
    if (await this.#asks({ torch: !this.#lit })) this.#lit = !this.#lit;
    await this.#tell();
  }

  /** Focuses on a place of the picture, each way from 0 to 1. */
  async focusAt(x, y) {
    const modes = this.#abilities.focusMode ?? [];
    const mode = ["single-shot", "manual"].find((mode) => modes.includes(mode));
    await this.#focus({ pointsOfInterest: [{ x, y }], ...(mode ? { focusMode: mode } : {}) });
    setTimeout(() => this.#focus({ focusMode: "continuous" }), FOCUSED);
  }

  get #track() { return this.#stream?.getVideoTracks()[0]; }

  get #abilities() { return this.#track?.getCapabilities?.() ?? {}; }

  async #focus(wanted) {
    if (this.#abilities.focusMode?.includes(wanted.focusMode) || wanted.pointsOfInterest) await this.#asks(wanted);
  }

  /** Whether the camera does as it is asked; many can not. */
  async #asks(wanted) {
    try {
      await this.#track?.applyConstraints({ advanced: [wanted] });
      return true;
    } catch {
      return false;
    }
  }

  async #tell() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const cameras = devices.filter(({ kind }) => kind === "videoinput");
    this.#told({
      isOn: this.#stream !== null,
      trouble: null,
      device: this.#device,
      cameras: cameras.map(({ deviceId, label }, place) => ({ id: deviceId, name: label || `${place + 1}` })),
      torch: Boolean(this.#abilities.torch),
      isLit: this.#lit,
    });
  }

  async #look(turn) {
    while (turn === this.#turn) {
      const start = performance.now();
      try {
        if (this.#video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
          const texts = await readCodes(await createImageBitmap(this.#video));
          if (turn === this.#turn && texts.length) this.#found(texts);
        }
      } catch {
        // The next frame may do.
      }
      const rest = pace() - (performance.now() - start);
      await new Promise((next) => setTimeout(next, Math.max(rest, 5)));
    }
  }
}

const end = (stream) => stream.getTracks().forEach((track) => track.stop());

function trouble({ name }) {
  if (name === "NotAllowedError" || name === "SecurityError") return "camera-refused";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "camera-none" : "camera-busy";
}
