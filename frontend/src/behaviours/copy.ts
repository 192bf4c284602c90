/** A button that puts the text of the field named by `data-copies` on the clipboard and says so. */
export default function copy(button: HTMLElement): void {
  const field = document.getElementById(button.dataset.copies ?? "") as HTMLInputElement | null;
  const words = button.querySelector("[data-words]");
  if (!field || !words) return;
  button.addEventListener("click", async () => {
    field.select();
    await navigator.clipboard.writeText(field.value);
    words.textContent = button.dataset.copied ?? words.textContent;
  });
}
