// The installed page works without a network from its first load on. A newer version is told, and taken at the next
// start.

/** Registers what keeps the page on this device; `newer` is called when a newer version waits. */
export async function install(newer) {
  if (!navigator.serviceWorker) return;
  const here = navigator.serviceWorker;
  const registration = await here.register("sw.js", { scope: "./", updateViaCache: "none" });
  if (here.controller) {
    // Never two versions at once, not even in another window.
    here.addEventListener("controllerchange", () => location.reload());
  }
  registration.addEventListener("updatefound", () => {
    const { installing } = registration;
    installing?.addEventListener("statechange", () => {
      if (installing.state === "installed" && here.controller) newer();
    });
  });
}
