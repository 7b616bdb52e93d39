/** Learns in which units a board measures, and when they changed. */
import type { DeviceId } from "../../contract/readings.ts";
import type { LearnedPart } from "../../core/dialects/parsed-message.ts";
import type { JsonObject } from "../payload/payload-text.ts";
import { KEYS, type TasmotaMemory, type UnitsSince, unitsIn } from "./tasmota-memory.ts";

/** Units that a board had, with the instant from which each holds. */
const MAX_KEPT = 16;

export type UnitChanges = (deviceId: DeviceId, json: JsonObject, nowMs: number) => LearnedPart | undefined;

/** `json`: with `TempUnit`, `PressureUnit` and `SpeedUnit`, each only where the board has a sensor for it. */
export function createUnitChanges(memory: Pick<TasmotaMemory, "unitsOf">): UnitChanges {
  return (deviceId, json, nowMs) => {
    const said = unitsIn(json, "TempUnit", "PressureUnit", "SpeedUnit");
    const former = memory.unitsOf(deviceId);
    const { fromMs: _, ...last }: Partial<UnitsSince> = former.at(-1) ?? {};
    const units = { ...last, ...said };
    if (sameUnits(units, last)) return undefined;
    const since = [...former, { fromMs: nowMs, ...units }].slice(-MAX_KEPT);
    return { kind: "learned", family: "tasmota", deviceId, key: KEYS.units, data: JSON.stringify({ since }) };
  };
}

const sameUnits = (one: Partial<UnitsSince>, other: Partial<UnitsSince>): boolean =>
  one.temperature === other.temperature && one.pressure === other.pressure && one.speed === other.speed;
