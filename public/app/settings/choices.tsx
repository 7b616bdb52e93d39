/** What this browser shows and how: each choice holds at once, and is kept in the browser. */
import { PACES, updateEveryS } from "../preferences/pace.ts";
import { SHORTCUT_CHOICES, shortcuts } from "../preferences/shortcuts.ts";
import { THEME_CHOICES, themeChoice } from "../preferences/theme.ts";
import { Segments } from "../ui/form-fields.tsx";

const THEME_WORDS = { system: "As the system", light: "Light", dark: "Dark" } as const;

export function ThemeChoice() {
  return (
    <Segments
      legend="Colours"
      choices={THEME_CHOICES.map((choice) => [choice, THEME_WORDS[choice]] as const)}
      value={themeChoice.value}
      change={(choice) => {
        themeChoice.value = choice;
      }}
    />
  );
}

export function UpdateChoice() {
  return (
    <Segments
      legend="Update every"
      choices={PACES.map((seconds) => [String(seconds), seconds === 0 ? "live" : `${seconds} s`] as const)}
      value={String(updateEveryS.value)}
      change={(word) => {
        updateEveryS.value = PACES.find((seconds) => String(seconds) === word) ?? 0;
      }}
    />
  );
}

export function ShortcutChoice() {
  return (
    <Segments
      legend="Keyboard shortcuts"
      choices={SHORTCUT_CHOICES.map((choice) => [choice, choice] as const)}
      value={shortcuts.value}
      change={(choice) => {
        shortcuts.value = choice;
      }}
    />
  );
}
