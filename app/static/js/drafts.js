// Keeps what is typed in <form data-draft="campaign-12"> on this device until the server confirms it, so that a lost
// network, a closed lid or an expired sign-in eats no text. Passwords, files and hidden fields are never kept.
// The server confirms by carrying the key in any later page: <meta name="draft-saved" content="campaign-12"> or
// data-draft-saved="campaign-12" on an element. What stays more than a week is dropped, and everything at sign-out
// (<form data-forget-drafts>): an association's computer is shared.
const prefix = "tambour:draft:";
const week = 7 * 24 * 3600 * 1000;
let forgotten = false; // signing out must not be undone by the page's last save

export function keepDrafts() {
  try {
    forgetOld();
    forgetConfirmed();
    document.addEventListener("htmx:after:swap", forgetConfirmed);
    for (const form of document.querySelectorAll("form[data-draft]")) keep(form);
    for (const form of document.querySelectorAll("form[data-forget-drafts]")) form.addEventListener("submit", forgetAll);
  } catch {
    // Storage refused (private window, full): typing goes on as if this file were not here.
  }
}

const typed = (form) => [...form.elements].filter(
  (control) => control.name && !["hidden", "password", "file", "submit", "button"].includes(control.type),
);

function read(control) {
  return ["checkbox", "radio"].includes(control.type) ? control.checked : control.value;
}

function write(control, value) {
  if (["checkbox", "radio"].includes(control.type)) control.checked = value;
  else control.value = value;
}

// Two controls may share a name (radio cards): the value tells them apart.
const keyOf = (control) => (["checkbox", "radio"].includes(control.type) ? `${control.name}=${control.value}` : control.name);

function keep(form) {
  const place = prefix + form.dataset.draft;
  const served = Object.fromEntries(typed(form).map((control) => [keyOf(control), read(control)]));
  const stored = JSON.parse(localStorage.getItem(place) ?? "null");
  if (stored && restore(form, stored.values)) announce(form, place, served);
  let timer = 0;
  const save = () => {
    clearTimeout(timer);
    const values = Object.fromEntries(typed(form).map((control) => [keyOf(control), read(control)]));
    localStorage.setItem(place, JSON.stringify({ at: Date.now(), values }));
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 300); });
  form.addEventListener("submit", save);
  addEventListener("pagehide", () => { if (timer && !forgotten) save(); });
}

/** True when something on the page differed from what was kept, and was put back. */
function restore(form, values) {
  let changed = false;
  for (const control of typed(form)) {
    const value = values[keyOf(control)];
    if (value === undefined || value === read(control)) continue;
    write(control, value);
    changed = true;
  }
  if (changed) form.dispatchEvent(new Event("input", { bubbles: true }));
  return changed;
}

// The words come from the page, where they are translated: base.html's <template id="draft-found">.
function announce(form, place, served) {
  for (let fold = form.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  const template = document.getElementById("draft-found");
  if (!template) return;
  form.before(template.content.cloneNode(true));
  const notice = form.previousElementSibling;
  notice.querySelector("[data-forget]")?.addEventListener("click", () => {
    for (const control of typed(form)) write(control, served[keyOf(control)]);
    form.dispatchEvent(new Event("input", { bubbles: true }));
    localStorage.removeItem(place);
    notice.remove();
    typed(form)[0]?.focus();
  });
}

function forgetConfirmed() {
  for (const element of document.querySelectorAll("meta[name='draft-saved'], [data-draft-saved]")) {
    localStorage.removeItem(prefix + (element.dataset.draftSaved ?? element.content));
  }
}

const places = () => Object.keys(localStorage).filter((name) => name.startsWith(prefix));

function forgetAll() {
  forgotten = true;
  for (const place of places()) localStorage.removeItem(place);
}

function forgetOld() {
  for (const place of places()) {
    const kept = JSON.parse(localStorage.getItem(place));
    if (!kept?.at || Date.now() - kept.at > week) localStorage.removeItem(place);
  }
}
