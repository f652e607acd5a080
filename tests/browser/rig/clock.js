// The clock of a page in a story. It runs as the real one does, AHEAD milliseconds ahead, and can be moved on:
// timers that are due on the way ring at once, in their order. Held, it moves only then. Workers keep the real clock.
(() => {
  const real = {
    now: Date.now.bind(Date),
    since: performance.now.bind(performance),
    setTimeout: setTimeout.bind(globalThis),
    clearTimeout: clearTimeout.bind(globalThis),
  };
  let ahead = AHEAD;
  let moved = 0;
  let last = 0;
  const timers = new Map();
  let held = null;
  const now = () => (held ? held.since : real.since()) + moved;
  const date = () => Math.floor((held ? held.now : real.now()) + ahead);

  const arm = (id) => {
    const timer = timers.get(id);
    real.clearTimeout(timer.handle);
    if (!held) timer.handle = real.setTimeout(() => ring(id), Math.max(0, timer.due - now()));
  };
  const ring = (id) => {
    const timer = timers.get(id);
    if (!timer) return;
    if (timer.every === null) {
      timers.delete(id);
      real.clearTimeout(timer.handle);
    } else {
      timer.due = Math.max(timer.due + timer.every, now());
      arm(id);
    }
    timer.call(...timer.values);
  };
  const start = (call, delay, every, values) => {
    const id = ++last;
    timers.set(id, { call, values, every, due: now() + (Number(delay) || 0) });
    arm(id);
    return id;
  };
  const stop = (id) => {
    if (timers.has(id)) real.clearTimeout(timers.get(id).handle);
    timers.delete(id);
  };

  globalThis.setTimeout = (call, delay, ...values) => start(call, delay, null, values);
  globalThis.setInterval = (call, delay, ...values) => start(call, delay, Math.max(1, Number(delay) || 0), values);
  globalThis.clearTimeout = stop;
  globalThis.clearInterval = stop;
  performance.now = now;
  globalThis.Date = class extends Date {
    constructor(...parts) {
      if (parts.length) super(...parts);
      else super(date());
    }
    static now() { return date(); }
  };

  const advance = async (milliseconds) => {
    const end = now() + milliseconds;
    const step = (to) => {
      const by = Math.max(0, to - now());
      moved += by;
      ahead += by;
    };
    for (;;) {
      const next = [...timers].filter(([, timer]) => timer.due <= end).sort(([, a], [, b]) => a.due - b.due)[0];
      if (!next) break;
      step(next[1].due);
      ring(next[0]);
      await new Promise((go) => real.setTimeout(go, 0));
    }
    step(end);
    for (const id of timers.keys()) arm(id);
  };
  const hold = () => {
    held = { since: real.since(), now: real.now() };
    for (const id of timers.keys()) arm(id);
  };
  globalThis.clockOfStory = { real, advance, hold };
})();
