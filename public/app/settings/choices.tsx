/** What this browser shows and how: each choice holds at once, and is kept in the browser. */
import type { Signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { hubNowMs } from "../hub/clock.ts";
import { PACES, updateEveryS } from "../preferences/pace.ts";
import { SHORTCUT_CHOICES, shortcuts } from "../preferences/shortcuts.ts";
import { THEME_CHOICES, themeChoice } from "../preferences/theme.ts";
import { BROWSER_ZONE, browserZone, HUB_ZONE, hubZone, zoneChoice } from "../preferences/time-zone.ts";
import { PRESSURE_CHOICES, pressureUnit, TEMPERATURE_CHOICES, temperatureUnit } from "../preferences/units.ts";
import { Segments, Select } from "../ui/form-fields.tsx";
import { fullTime } from "../ui/time-words.ts";

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

/** A preference of one of these words, of which `hub` is the hub's own unit. */
function UnitChoice<Unit extends string>(props: { legend: string; units: readonly Unit[]; choice: Signal<Unit> }) {
  const { legend, units, choice } = props;
  return (
    <Segments
      legend={legend}
      choices={units.map((unit) => [unit, unit === "hub" ? "As measured" : unit] as const)}
      value={choice.value}
      change={(unit) => {
        choice.value = unit;
      }}
    />
  );
}

export const TemperatureChoice = () => (
  <UnitChoice legend="Temperature" units={TEMPERATURE_CHOICES} choice={temperatureUnit} />
);
export const PressureChoice = () => <UnitChoice legend="Pressure" units={PRESSURE_CHOICES} choice={pressureUnit} />;

export function ZoneChoice() {
  const names = useMemo(
    () =>
      ["UTC", ...Intl.supportedValuesOf("timeZone").filter((name) => name !== "UTC")].map(
        (name) => [name, name] as const,
      ),
    [],
  );
  const chosen = zoneChoice.value;
  return (
    <div>
      <Select
        label="Time zone"
        choices={[
          [BROWSER_ZONE, `This browser's (${browserZone()})`],
          [HUB_ZONE, `The hub's (${hubZone.value ?? "unknown"})`],
          // A browser takes more names than it lists.
          ...(names.some(([name]) => name === chosen) || [BROWSER_ZONE, HUB_ZONE].includes(chosen)
            ? []
            : [[chosen, chosen] as const]),
          ...names,
        ]}
        value={chosen}
        change={(zone) => {
          zoneChoice.value = zone;
        }}
      />
      <p class="quiet">There it is {fullTime(hubNowMs.value)}.</p>
    </div>
  );
}
