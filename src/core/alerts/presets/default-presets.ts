/** The presets that are on from the start. */
import type { RuleFields } from "../../../contract/alerts.ts";
import { MISSED_INTERVALS } from "../../../contract/silence.ts";
import { FLICKER_S, MINUTE_S, presetRule } from "./preset-rule.ts";

export interface DefaultPreset {
  readonly id: "flame" | "silent-board" | "hub";
  readonly label: string;
  readonly meaning: string;
  readonly rules: readonly RuleFields[];
}

/** A silence that is shorter is one of the network. */
const LEAST_SILENCE_S = 5 * MINUTE_S;

/** Of Aerie's own boards. Others may send a number by such a name, so detectors of other families are offered instead. */
export const FLAME_METRIC = "flameDetected";

export const FLAME: DefaultPreset = {
  id: "flame",
  label: "Flame",
  meaning: "A flame sensor sees a fire: critical, at once",
  rules: [
    presetRule("flame", {
      name: "Flame",
      severity: "critical",
      condition: { kind: "equals", metric: FLAME_METRIC, value: true },
      keepFiringS: FLICKER_S,
      message: "Look there at once. If it burns, get everybody out and call the fire brigade.",
    }),
  ],
};

export const SILENT_BOARD: DefaultPreset = {
  id: "silent-board",
  label: "Board is silent",
  meaning: `A board that has kept its interval for a day misses ${MISSED_INTERVALS} of them, and sends nothing for 5 minutes at least`,
  rules: [
    presetRule("silent-board", {
      name: "Board is silent",
      severity: "warning",
      condition: { kind: "noData", intervals: MISSED_INTERVALS, afterS: LEAST_SILENCE_S, regular: true },
      message: "Check its power and its network. While it is silent, no other alert of this board can fire.",
    }),
  ],
};

export const HUB: DefaultPreset = {
  id: "hub",
  label: "The hub itself",
  meaning:
    "The hub cannot store, its disk is nearly full, its clock is wrong, notifications do not get through, and more of that kind",
  rules: [
    presetRule("hub", {
      name: "The hub stores nothing",
      severity: "critical",
      condition: { kind: "hub", what: ["store"] },
    }),
    presetRule("hub", {
      name: "The hub itself",
      severity: "warning",
      condition: {
        kind: "hub",
        what: ["disk", "clock", "mongodb", "certificate", "backup", "channel", "population"],
      },
    }),
  ],
};

export const DEFAULT_PRESETS: readonly DefaultPreset[] = [FLAME, SILENT_BOARD, HUB];
