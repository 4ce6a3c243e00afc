// <details> opens and closes alone; this only adds what one expects of a menu: Escape and a press elsewhere close it.
// A question (details.ask) is closed by Escape too, never by a press elsewhere: something may be typed in it.
export function tidyMenus() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.drop[open], details.ask[open]")) {
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
      menu.open = false;
    }
  });
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.drop[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
}
