// Sends a form as the page's own forms are sent.
export function post(address, fields = {}) {
  const body = fields instanceof FormData ? fields : new URLSearchParams(fields);
  return fetch(address, {
    method: "POST",
    body,
    headers: { "X-Form-Token": document.body.dataset.formToken ?? "" },
    credentials: "same-origin",
  });
}
