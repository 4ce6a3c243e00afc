// One line says how the network is. Its region stands in the page from the start, or a screen reader would not hear it
// change; its words come from the page, where they are translated.
let word = "";

/** "lost": a new try is under way. "kept": what was pressed has not left, and is still there. "": all is well. */
export function say(next) {
  if (next === "lost" && word === "kept") return; // the fuller sentence stays until the network is back
  word = next;
  const region = document.getElementById("connection");
  if (!region) return;
  const words = region.dataset[word] ?? "";
  if (region.textContent !== words) region.textContent = words;
}
