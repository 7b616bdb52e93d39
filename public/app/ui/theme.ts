/** Keeps the viewer's choice of light or dark; without a choice the system's setting holds. */
import { computed, effect, signal } from "@preact/signals";

export type Theme = "light" | "dark";

const KEY = "aerie.theme";
const systemDark = matchMedia("(prefers-color-scheme: dark)");

const system = signal<Theme>(systemDark.matches ? "dark" : "light");
const chosen = signal<Theme | undefined>(remembered());

export const theme = computed<Theme>(() => chosen.value ?? system.value);

export function startTheme(): void {
  systemDark.addEventListener("change", () => {
    system.value = systemDark.matches ? "dark" : "light";
  });
  effect(() => {
    if (chosen.value === undefined) document.documentElement.removeAttribute("data-theme");
    else document.documentElement.dataset["theme"] = chosen.value;
  });
}

/** Choosing what the system has anyway removes the own choice. */
export function toggleTheme(): void {
  const next = theme.peek() === "dark" ? "light" : "dark";
  chosen.value = next === system.peek() ? undefined : next;
  try {
    if (chosen.value === undefined) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, chosen.value);
  } catch {
    // Storage may be forbidden; the choice then holds until the page is left.
  }
}

function remembered(): Theme | undefined {
  try {
    const text = localStorage.getItem(KEY);
    return text === "light" || text === "dark" ? text : undefined;
  } catch {
    return undefined;
  }
}
