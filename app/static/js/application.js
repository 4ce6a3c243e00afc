// Saves each field of an application as soon as it is left. Without this file « Enregistrer et continuer » does the same.
// The text stays in the page whatever happens: a lost network is tried again, another's text is shown beside one's own.
document.documentElement.classList.add("scripted");
const stage = document.querySelector("[data-save]");
const again = 8;
const waiting = new Map();

if (stage) {
  stage.addEventListener("change", (event) => changed(event.target));
  stage.addEventListener("click", resolve);
  stage.addEventListener("submit", (event) => {
    if (event.target.querySelector('[name="section"]')) event.preventDefault(); // Enter in a field: it is saved already
  });
  window.addEventListener("online", () => waiting.forEach((_timer, answer) => save(answer)));
  window.addEventListener("beforeunload", (event) => {
    if (waiting.size) event.preventDefault();
  });
  // Left before this file came, over a slow network, a field was saved by nothing.
  for (const answer of stage.querySelectorAll("[data-answer]")) {
    if (!answer.contains(document.activeElement) && isTyped(answer)) save(answer);
  }
}

function isTyped(answer) {
  return [...answer.querySelectorAll(`[name="${answer.dataset.answer}"]`)].some((control) => {
    if (["checkbox", "radio"].includes(control.type)) return control.checked !== control.defaultChecked;
    if (control.options) return [...control.options].some((one) => one.defaultSelected && !one.selected);
    return control.value !== control.defaultValue;
  });
}

function changed(control) {
  if (control.type === "file") return upload(control);
  const answer = control.closest("[data-answer]");
  if (answer) save(answer);
}

const noteOf = (answer) => answer.querySelector(".apply-note");

async function save(answer) {
  clearTimeout(waiting.get(answer));
  waiting.delete(answer);
  const key = answer.dataset.answer;
  const body = new URLSearchParams({ field: key, [`v-${key}`]: answer.querySelector(`[name="v-${key}"]`).value });
  for (const control of answer.querySelectorAll(`[name="${key}"]`)) {
    if (!["checkbox", "radio"].includes(control.type) || control.checked) body.append(key, control.value);
  }
  await send(answer, stage.dataset.save, body, () => save(answer));
}

async function upload(control) {
  const answer = control.closest("[data-file]");
  if (!control.files.length) return;
  const sent = new FormData(control.form);
  noteOf(answer).textContent = stage.dataset.saving;
  const saved = await send(answer, stage.dataset.upload, sent, () => upload(control));
  if (saved) location.reload();
}

async function send(answer, address, body, retry) {
  let response;
  try {
    response = await fetch(address, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
    if (response.status >= 500) throw new Error("ours");
  } catch {
    waitAndRetry(answer, again, retry);
    return false;
  }
  const type = response.headers.get("Content-Type") || "";
  if (!type.includes("json")) {
    waitAndRetry(answer, again, retry);
    return false;
  }
  show(answer, await response.json(), response.ok);
  return response.ok;
}

function waitAndRetry(answer, left, retry) {
  noteOf(answer).innerHTML = '<p class="saved waiting"></p>';
  noteOf(answer).firstChild.textContent = stage.dataset.lost.replace("{n}", left);
  waiting.set(answer, left > 0 ? setTimeout(() => waitAndRetry(answer, left - 1, retry), 1000) : setTimeout(retry, 0));
}

function show(answer, told, saved) {
  noteOf(answer).innerHTML = told.note || "";
  const control = answer.querySelector(".input");
  if (control) control.toggleAttribute("aria-invalid", !saved);
  const version = answer.querySelector('input[name^="v-"]');
  if (saved && version) version.value = told.version;
  for (const [key, html] of Object.entries(told.verdicts || {})) {
    const place = stage.querySelector(`[data-verdict="${key}"]`);
    if (place && place.innerHTML !== html) place.innerHTML = html;
  }
  for (const [key, asked] of Object.entries(told.asked || {})) {
    const place = stage.querySelector(`[data-answer="${key}"]`);
    if (place) place.hidden = !asked;
  }
  const conditions = stage.querySelector("[data-conditions]");
  if (conditions && told.conditions) conditions.innerHTML = told.conditions;
}

// « Garder le mien » saves it over the other's; « Prendre le sien » puts the other's in the field.
function resolve(event) {
  const button = event.target.closest("[data-keep], [data-take]");
  if (!button) return;
  event.preventDefault();
  const answer = button.closest("[data-answer]");
  answer.querySelector('input[name^="v-"]').value = button.dataset.version;
  if (button.dataset.take) {
    const codes = button.dataset.theirs.split(" ");
    for (const control of answer.querySelectorAll(`[name="${button.dataset.take}"]`)) {
      if (["checkbox", "radio"].includes(control.type)) control.checked = codes.includes(control.value);
      else control.value = button.dataset.theirs;
    }
  }
  save(answer);
}
