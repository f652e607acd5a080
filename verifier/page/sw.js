// Keeps the page on this device, whole and of one version. The first two lines are written at export.
const VERSION = "";
const FILES = [];

const OWN = `card-check ${self.registration.scope} `;
const CACHE = OWN + VERSION;

self.addEventListener("install", (event) => {
  const whole = FILES.map((file) => new Request(file, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(whole)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith(OWN) && name !== CACHE).map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

self.addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(self.skipWaiting());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  const scope = new URL(self.registration.scope);
  if (request.method !== "GET" || address.origin !== scope.origin) return;
  const name = address.pathname.startsWith(scope.pathname) ? address.pathname.slice(scope.pathname.length) : null;
  const file = name === "index.html" ? "./" : `./${name}`;
  // All else, such as the city's lists, is asked of the network.
  if (!FILES.includes(file)) return;
  event.respondWith(request.mode === "navigate" ? start(request, file) : kept(request, file));
});

// The next start is a newer version's, where one waits and no other window is open: it takes over before anything of
// this one runs, while the browser asks for the page again.
async function start(request, file) {
  const { waiting } = self.registration;
  if (!waiting || (await self.clients.matchAll()).length > 1) return kept(request, file);
  waiting.postMessage("take over");
  // Nothing but the wish to ask again; it names an icon, or the browser would ask for one.
  const headers = { "Content-Type": "text/html", Refresh: "0" };
  return new Response('<!doctype html><link rel="icon" href="data:,">', { headers });
}

async function kept(request, file) {
  const cache = await caches.open(CACHE);
  return (await cache.match(file)) ?? fetch(request);
}
