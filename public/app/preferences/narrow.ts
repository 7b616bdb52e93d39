/** Whether the page is as narrow as a phone's. */
import { signal } from "@preact/signals";

const phone = matchMedia("(max-width: 599px)");

export const isNarrow = signal(phone.matches);

phone.addEventListener("change", () => {
  isNarrow.value = phone.matches;
});
