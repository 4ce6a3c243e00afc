// « Insérer le prénom » puts it where the cursor stands; without this the button puts it at the end of the text.
export function insertPlaces() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    const area = button?.form?.querySelector("textarea");
    if (!area) return;
    event.preventDefault();
    area.setRangeText(button.dataset.insert, area.selectionStart, area.selectionEnd, "end");
    area.focus();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
