// Keeps a live part fresh:
//   <section id="progress" hx-get="/…/progress" hx-trigger="poll" hx-swap="outerMorph" data-poll="2000"> … </section>
// htmx fetches and morphs (focus and open <details> stay); this keeps the beat, which htmx's own « every » would go on
// drumming in a hidden tab and on a dead network. A fragment that comes back without data-poll ends its polling; 204
// means « nothing new ». Without scripts the page shows the state at its loading and a plain link to refresh it.
import { say } from "./connection.js";

const slowest = 30_000;

export function startPolling() {
  const parts = new Map();
  const adopt = () => {
    for (const element of document.querySelectorAll("[data-poll][id]")) {
      if (!parts.has(element.id)) parts.set(element.id, begin(element.id, () => parts.delete(element.id)));
    }
  };
  adopt();
  document.addEventListener("htmx:after:swap", adopt);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) for (const part of parts.values()) part.soon();
  });
  addEventListener("online", () => { for (const part of parts.values()) part.soon(); });
}

function begin(id, end) {
  let failures = 0;
  let timer = 0;
  const element = () => document.querySelector(`[data-poll][id="${CSS.escape(id)}"]`);

  const later = (wait) => { clearTimeout(timer); timer = setTimeout(beat, wait); };
  const rest = () => {
    const beatEvery = Number(element()?.dataset.poll) || 2000;
    // Doubled after each failure, with a little chance so that a whole classroom does not come back in one instant.
    return failures ? Math.min(slowest, beatEvery * 2 ** failures) * (0.75 + Math.random() / 2) : beatEvery;
  };
  const beat = () => {
    const target = element();
    if (!target) return finish();
    if (document.hidden) return undefined; // visibilitychange wakes it
    later(slowest); // a request that never answers does not stop the beat; the answer sets a nearer one
    target.dispatchEvent(new CustomEvent("poll"));
    return undefined;
  };
  const answered = (event) => {
    if (event.target.id !== id && event.detail?.ctx?.sourceElement?.id !== id) return;
    if (event.detail?.ctx?.hx?.redirect) return later(slowest); // asking again would start the way there anew
    const status = event.detail?.ctx?.response?.raw?.status ?? event.detail?.ctx?.response?.status ?? 0;
    failures = status >= 200 && status < 400 ? 0 : failures + 1;
    say(failures ? "lost" : "");
    if (element()) later(rest());
    else finish();
  };
  const finish = () => {
    clearTimeout(timer);
    document.removeEventListener("htmx:finally:request", answered);
    end();
  };
  document.addEventListener("htmx:finally:request", answered);
  later(rest());
  return { soon: () => later(100) };
}
