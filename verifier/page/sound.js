// A short sound for each outcome, told apart by number and direction of notes. Silent where the browser forbids it.

const NOTES = {
  valid: [[660, 0.09], [990, 0.16]],
  valid_stale: [[660, 0.09], [990, 0.09], [660, 0.16]],
  not_valid: [[220, 0.22], [165, 0.4]],
  cannot_tell: [[440, 0.12], [440, 0.12], [440, 0.12]],
};
const VOLUME = 0.2;
const GAP = 0.05;

/** Milliseconds of buzzing and of rest, in turn. */
const BUZZES = { valid: [60], valid_stale: [60, 60, 60], not_valid: [400], cannot_tell: [120, 80, 120, 80, 120] };

let audio = null;

/** Plays the sound of an outcome, and buzzes where the device can. */
export async function play(outcome) {
  // Browsers forbid it, and complain, before the page was touched.
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(BUZZES[outcome] ?? []);
  try {
    audio ??= new AudioContext();
    await audio.resume();
    let at = audio.currentTime;
    for (const [pitch, seconds] of NOTES[outcome] ?? []) {
      note(pitch, at, seconds);
      at += seconds + GAP;
    }
  } catch {
    // No sound here: the screen says it all.
  }
}

function note(pitch, at, seconds) {
  const tone = new OscillatorNode(audio, { type: "triangle", frequency: pitch });
  const loudness = new GainNode(audio, { gain: 0 });
  loudness.gain.setValueAtTime(VOLUME, at);
  loudness.gain.exponentialRampToValueAtTime(0.001, at + seconds);
  tone.connect(loudness).connect(audio.destination);
  tone.start(at);
  tone.stop(at + seconds);
}
