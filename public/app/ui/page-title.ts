/** The title of the page in the browser's tab: how many alerts fire, what is shown, Aerie. */
import { effect, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

const page = signal<string | undefined>(undefined);
/** Stands before the title, where it is not zero. */
export const titleCount = signal(0);

export function startTitle(): void {
  effect(() => {
    const count = titleCount.value === 0 ? "" : `(${titleCount.value}) `;
    document.title = `${count}${page.value === undefined ? "" : `${page.value} – `}Aerie`;
  });
}

/** Undefined: Aerie alone. */
export function usePageTitle(words: string | undefined): void {
  useEffect(() => {
    page.value = words;
  }, [words]);
}
