// Without a network, a form or a link would put the browser's own error page in the place of what was typed. Stay on
// the page and say so. The browser is only half believed: with the Wi-Fi cut, a Tambour on this very machine answers.
import { say } from "./connection.js";

const patience = 3000;
let passing = false;

export function stayWithoutNetwork() {
  document.addEventListener("submit", (event) => stay(event, () => event.target.requestSubmit(event.submitter)));
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (link && !link.getAttribute("href").startsWith("#")) stay(event, () => link.click());
  });
  addEventListener("online", () => say(""));
}

async function stay(event, again) {
  if (navigator.onLine || passing || event.defaultPrevented) return;
  event.preventDefault();
  if (!(await answers())) return say("kept");
  passing = true;
  again();
  passing = false;
}

const answers = () => fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(patience) }).then(
  (response) => response.ok,
  () => false,
);
