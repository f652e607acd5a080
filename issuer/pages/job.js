// Shows how far a batch is, and brings the next page when that step is done.
const part = document.querySelector("[data-job]");
const bar = part.querySelector("progress[value]");
const count = part.querySelector("[data-signed]");
let busy = false;

async function look() {
  if (busy || document.hidden) return;
  busy = true;
  try {
    const answer = await fetch(part.dataset.job);
    const job = answer.ok ? await answer.json() : undefined;
    if (!job || job.state !== part.dataset.state) return location.reload();
    if (bar) bar.value = job.signed;
    if (count) count.textContent = job.signed;
  } catch {
    // The next look may reach the server again.
  } finally {
    busy = false;
  }
}

setInterval(look, 1000);
document.addEventListener("visibilitychange", look);
