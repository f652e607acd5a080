// The installed page works without a network from its first load on. A newer version is told, and taken at the next
// start.

/** Registers what keeps the page on this device; `newer` is called when a newer version waits. */
export async function install(newer) {
  if (!navigator.serviceWorker) return;
  const here = navigator.serviceWorker;
  const registration = await here.register("sw.js", { scope: "./", updateViaCache: "none" });
  if (registration.waiting && here.controller) {
    // This is the next start: nothing was scanned yet.
    const taken = new Promise((done) => here.addEventListener("controllerchange", done, { once: true }));
    registration.waiting.postMessage("take over");
    await taken;
    location.reload();
    await new Promise(() => {});
  }
  registration.addEventListener("updatefound", () => {
    const { installing } = registration;
    installing?.addEventListener("statechange", () => {
      if (installing.state === "installed" && here.controller) newer();
    });
  });
}
