// What the installed page keeps on this device: the city's lists, the root that was confirmed, where newer lists come
// from. Nothing about anyone.

const PLACE = "lists";

/** One database a site, as two cities may host their pages side by side. */
const name = () => `card-check ${new URL("./", location.href).pathname}`;

export const kept = {
  /** `{ bundle, fingerprint, url, … }`, or null before the first bundle. */
  read: () => within("readonly", (store) => store.get(PLACE)).then((found) => found ?? null),
  /** Old or new, never half: it stands only once the browser says so. */
  write: (lists) => within("readwrite", (store) => store.put(lists, PLACE)),
  /** One page at a time changes what is kept. */
  alone: (change) => (navigator.locks ? navigator.locks.request(name(), change) : change()),
};

async function within(mode, act) {
  const database = await opened();
  try {
    return await new Promise((done, failed) => {
      const transaction = database.transaction(PLACE, mode, { durability: "strict" });
      const request = act(transaction.objectStore(PLACE));
      transaction.oncomplete = () => done(request.result);
      transaction.onabort = () => failed(transaction.error ?? request.error);
    });
  } finally {
    database.close();
  }
}

function opened() {
  return new Promise((done, failed) => {
    const request = indexedDB.open(name(), 1);
    request.onupgradeneeded = () => request.result.createObjectStore(PLACE);
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
    request.onblocked = () => failed(new Error("blocked"));
  });
}
