/** Light or dark: the viewer's choice, or the system's setting. */
import { computed, effect, signal } from "@preact/signals";
import { oneOf, remembered } from "./remembered.ts";

export type Theme = "light" | "dark";
export const THEME_CHOICES = ["system", "light", "dark"] as const;

const systemDark = matchMedia("(prefers-color-scheme: dark)");
const system = signal<Theme>(systemDark.matches ? "dark" : "light");

export const themeChoice = remembered("aerie.theme", oneOf(THEME_CHOICES));
export const theme = computed<Theme>(() => (themeChoice.value === "system" ? system.value : themeChoice.value));

export function startTheme(): void {
  systemDark.addEventListener("change", () => {
    system.value = systemDark.matches ? "dark" : "light";
  });
  effect(() => {
    if (themeChoice.value === "system") document.documentElement.removeAttribute("data-theme");
    else document.documentElement.dataset["theme"] = themeChoice.value;
  });
}
