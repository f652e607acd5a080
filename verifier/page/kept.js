// What the installed page keeps on this device: the city's lists, the root that was confirmed, where newer lists come
// from, and the parts of a bundle that is still being read. Nothing about anyone.

const PLACE = "lists";
/** Parts of a bundle that are read from a screen: `["part", digest, count, place]`, until all are there. */
const PART = "part";
const PARTS = () => IDBKeyRange.bound([PART], [PART, []]);

/** One database a site, as two cities may host their pages side by side. */
const name = () => `card-check ${new URL("./", location.href).pathname}`;

export const kept = {
  /** `{ bundle, fingerprint, url, … }`, or null before the first bundle. */
  read: () => within("readonly", (store) => store.get(PLACE)).then((found) => found ?? null),
  /** Old or new, never half: it stands only once the browser says so. */
  write: (lists) => within("readwrite", (store) => store.put(lists, PLACE)),
  /** The parts read so far, in any order: `{ digest, count, place, bytes }`. */
  parts: async () => {
    const keys = await within("readonly", (store) => store.getAllKeys(PARTS()));
    const all = await within("readonly", (store) => store.getAll(PARTS()));
    return keys.map(([, digest, count, place], at) => ({ digest, count, place, bytes: all[at] }));
  },
  writePart: ({ digest, count, place, bytes }) =>
    within("readwrite", (store) => store.put(bytes, [PART, digest, count, place]), "relaxed"),
  removeParts: () => within("readwrite", (store) => store.delete(PARTS()), "relaxed"),
  /** One page at a time changes what is kept. */
  alone: (change) => (navigator.locks ? navigator.locks.request(name(), change) : change()),
};

async function within(mode, act, durability = "strict") {
  const database = await opened();
  try {
    return await new Promise((done, failed) => {
      const transaction = database.transaction(PLACE, mode, { durability });
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
