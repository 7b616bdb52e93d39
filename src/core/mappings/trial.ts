/** Tells what a mapping would make of the messages that came lately. Changes nothing. */
import type { MappingFields, TryAnswer } from "../../contract/mappings.ts";
import { REFUSALS } from "../../contract/refusals.ts";
import type { ParsedReading, Part } from "../dialects/parsed-message.ts";
import { readInstant } from "../model/instant.ts";
import type { Fault } from "../model/result.ts";
import type { Clock } from "../ports/clock.ts";
import type { MappingDialect, Sample } from "./mapping-dialect.ts";
import type { Unmapped } from "./unmapped.ts";

export interface TrialOptions {
  readonly dialect: Pick<MappingDialect, "tryOn" | "samples">;
  readonly unmapped: Pick<Unmapped, "samples">;
  readonly clock: Pick<Clock, "nowMs">;
}

export type Trial = (fields: MappingFields) => TryAnswer;

const MOST_SHOWN = 50;

export function createTrial({ dialect, unmapped, clock }: TrialOptions): Trial {
  return (fields) => {
    const tryOn = dialect.tryOn(fields);
    const answer: TryAnswer = { topics: 0, readings: [], refused: [] };
    // Those of mappings are newer, where both have one.
    const samples = new Map([...unmapped.samples(), ...dialect.samples()].map((sample) => [sample.topic, sample]));
    for (const sample of samples.values()) {
      const parts = answer.topics < MOST_SHOWN ? tryOn(sample) : tryOn({ topic: sample.topic, payload: NOTHING });
      if (parts === undefined) continue;
      answer.topics++;
      for (const part of parts) show(sample, part, answer);
    }
    return answer;
  };

  function show({ topic }: Sample, part: Part, { readings, refused }: TryAnswer): void {
    if (part.kind === "refused") refused.push({ topic, reason: reasonOf(part.fault) });
    if (part.kind !== "telemetry") return;
    for (const reading of part.readings) {
      const metrics = Object.fromEntries(reading.metrics);
      readings.push({ topic, deviceId: part.deviceId, ...timestampOf(reading), metrics });
    }
    for (const fault of part.faults) refused.push({ topic, reason: reasonOf(fault) });
  }

  function timestampOf({ said }: ParsedReading): { timestamp?: string } {
    const instant = readInstant(said, clock.nowMs(), true);
    return instant.kind === "given" ? { timestamp: new Date(instant.atMs).toISOString() } : {};
  }
}

/** Of a topic that is only counted. */
const NOTHING = new Uint8Array();

const reasonOf = ({ code, detail, metric }: Fault): string =>
  [metric, `${REFUSALS[code]}${detail === undefined ? "" : `: ${detail}`}`]
    .filter((text) => text !== undefined)
    .join(": ");
