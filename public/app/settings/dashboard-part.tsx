/** The choices of this browser. */
import {
  PressureChoice,
  ShortcutChoice,
  TemperatureChoice,
  ThemeChoice,
  UpdateChoice,
  ZoneChoice,
} from "./choices.tsx";

export function DashboardPart() {
  return (
    <>
      <p class="quiet">These are kept in this browser, and change nothing for others.</p>
      <div class="choices">
        <ThemeChoice />
        <UpdateChoice />
        <ShortcutChoice />
        <TemperatureChoice />
        <PressureChoice />
        <ZoneChoice />
      </div>
      <p class="quiet">
        Rules, mappings and messages of alerts keep the units of the hub, and so do downloads, whose times are UTC.
      </p>
    </>
  );
}
