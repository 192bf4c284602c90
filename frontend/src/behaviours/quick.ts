/** The button of quick entry: the key N presses it, wherever nobody types and no dialog is open. */
export default function quick(button: HTMLElement): void {
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "n" || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const at = event.target as HTMLElement;
    if (event.isComposing || at.closest("input, textarea, select, [contenteditable]")) return;
    if (!button.isConnected || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    button.click();
  });
}
