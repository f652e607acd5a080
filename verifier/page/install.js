// The installed page works without a network from its first load on. A newer version is told, and taken at the next
// start.

/** Milliseconds that a start waits for a newer version to take over. */
const PATIENCE = 1_500;
/** … and after so many more it begins anew, if nothing stands on the screen yet: browsers have been seen to hang there. */
const HANGS = 5_000;

/** Registers what keeps the page on this device; `newer` is called when a newer version waits. */
export async function install(newer) {
  if (!navigator.serviceWorker) return;
  const here = navigator.serviceWorker;
  const registration = await here.register("sw.js", { scope: "./", updateViaCache: "none" });
  if (here.controller) {
    // Never two versions at once, not even in another window.
    here.addEventListener("controllerchange", () => location.reload());
    if (registration.waiting) {
      // This is the next start: nothing was scanned yet. Where the browser is slow, the counter does not wait for it.
      registration.waiting.postMessage("take over");
      await new Promise((done) => setTimeout(done, PATIENCE));
      setTimeout(() => { if (document.documentElement.dataset.state === "loading") location.reload(); }, HANGS);
    }
  }
  registration.addEventListener("updatefound", () => {
    const { installing } = registration;
    installing?.addEventListener("statechange", () => {
      if (installing.state === "installed" && here.controller) newer();
    });
  });
}
