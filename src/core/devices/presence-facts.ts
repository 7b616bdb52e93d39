/** Gathers from a device's entry what decides about its presence. */
import { allowedSilenceMs } from "../../contract/silence.ts";
import { type PresenceFacts, silenceOf } from "../presence/presence-rules.ts";
import { connectionsOf } from "./device-connections.ts";
import type { DeviceEntry } from "./device-entry.ts";

const LEAST_SILENCE_MS = allowedSilenceMs(undefined);

/** Notes in the entry what is shown of it. `nowMs`: monotonic. */
export function factsOf(entry: DeviceEntry, nowMs: number): PresenceFacts {
  const { rhythm, said, readMs, family } = entry;
  const { radio, isAsleep: saysAsleep = false } = family?.presence() ?? {};
  const isSleeper = saysAsleep || rhythm.isSleeper;
  entry.isConnected = radio === undefined && connectionsOf(entry) > 0;
  const bridge = radio === undefined ? undefined : (radio.bridge ?? (entry.awaitsBridge ? "offline" : undefined));
  entry.availability = bridge === "offline" ? "offline" : said?.availability;
  // That it sleeps does not say that it is there.
  if (saysAsleep && entry.availability === "online") entry.availability = undefined;
  const silentMs = nowMs - readMs;
  // Of most devices at most times nobody need know more.
  const usual = silentMs < LEAST_SILENCE_MS ? undefined : rhythm.usual;
  const isRegular = usual?.isRegular ?? false;
  return {
    isConnected: entry.isConnected && (!isSleeper || saysAsleep || rhythm.staysConnected(nowMs)),
    availability: entry.availability,
    silentMs,
    allowedMs: silenceOf({
      intervalMs: usual?.ms,
      isRegular,
      radio: entry.availability === undefined ? radio : undefined,
      saysAsleep,
    }),
    isRegular,
    isSleeper,
  };
}
