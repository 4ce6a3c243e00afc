// Counts an element down to an instant said by the server, then opens the page that follows.
//   <section data-until="2020-02-03T18:30:30Z" data-now="2020-02-03T18:30:00Z" data-follow="/…"> … <span data-seconds>
// The device's clock may be wrong by hours: only the time elapsed since the page came is taken from it.
export function runCountdowns() {
  for (const element of document.querySelectorAll("[data-until][data-now]")) countDown(element);
}

function countDown(element) {
  const left = Date.parse(element.dataset.until) - Date.parse(element.dataset.now);
  const figure = element.querySelector("[data-seconds]");
  const unit = element.querySelector("[data-unit]");
  if (Number.isNaN(left) || !figure) return;
  const end = performance.now() + left;
  const step = () => {
    const seconds = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    if (figure.textContent !== String(seconds)) {
      figure.textContent = seconds;
      if (unit) unit.textContent = seconds < 2 ? unit.dataset.one : unit.dataset.many;
    }
    if (seconds > 0) return;
    clearInterval(timer);
    if (element.isConnected && element.dataset.follow) location.assign(element.dataset.follow);
  };
  const timer = setInterval(step, 250);
  // A page brought back from the browser's memory may show a stale count: say the truth at once.
  addEventListener("pageshow", step);
  step();
}
