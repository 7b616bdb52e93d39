/** What rules of presets have in common. */
import type { RuleFields } from "../../../contract/alerts.ts";

export const MINUTE_S = 60;
export const HOUR_S = 60 * MINUTE_S;
/** A flame flickers, and a detector at its limit does, too: one fire is one alert, and not hundreds. */
export const FLICKER_S = MINUTE_S;

/** Which preset a rule is of, what it distinguishes, and when it fires. */
export type PresetRule = Pick<RuleFields, "name" | "severity" | "condition"> & Partial<RuleFields>;

/** At once, for all devices, to all channels; what is given is set instead. */
export const presetRule = (preset: string, fields: PresetRule): RuleFields => ({
  enabled: true,
  scope: { all: true },
  forS: 0,
  keepFiringS: 0,
  channels: "all",
  preset,
  ...fields,
});
