// A short sound for each outcome: rising when good, falling when not.
const TUNES = { good: [660, 880], bad: [330, 220] };

export function play(name) {
  const tune = TUNES[name];
  if (!tune || !globalThis.AudioContext) return;
  const context = new AudioContext();
  if (context.state === "suspended") return;
  tune.forEach((pitch, at) => {
    const tone = context.createOscillator(), level = context.createGain();
    const start = context.currentTime + at * 0.12;
    tone.frequency.value = pitch;
    level.gain.setValueAtTime(0.15, start);
    level.gain.exponentialRampToValueAtTime(0.001, start + 0.11);
    tone.connect(level).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.12);
  });
}
