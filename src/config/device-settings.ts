/** Limits of devices and metrics, and how long what they report is kept. */
import { days, setting, whole, wholeOrNone } from "./setting.ts";

export const DEVICE_SETTINGS = {
  maxDevices: setting({
    env: "AERIE_MAX_DEVICES",
    fallback: "10000",
    ...whole(1, 1_000_000),
    meaning: "Devices in all. A new one beyond it is refused.",
  }),
  maxDevicesPerClient: setting({
    env: "AERIE_MAX_DEVICES_PER_CLIENT",
    fallback: "1000",
    ...whole(1, 1_000_000),
    meaning: "New devices that one MQTT client id may make while the hub runs.",
  }),
  maxMetricsPerDevice: setting({
    env: "AERIE_MAX_METRICS_PER_DEVICE",
    fallback: "256",
    ...whole(1, 10_000),
    meaning: "Different metrics that one device may have over time.",
  }),
  rawDays: setting({
    env: "AERIE_RAW_DAYS",
    fallback: "90",
    ...days,
    meaning:
      "How long readings are kept as they came; older ones are refused. Hours and days of them stay. 0 keeps them for ever. A device may have its own.",
  }),
  hourDays: setting({
    env: "AERIE_HOUR_DAYS",
    fallback: "0",
    ...days,
    meaning: "How long the hours of each metric (count, mean, extremes, last value) are kept. 0 keeps them for ever.",
  }),
  dayDays: setting({
    env: "AERIE_DAY_DAYS",
    fallback: "0",
    ...days,
    meaning: "The same for days.",
  }),
  maxStoreBytes: setting({
    env: "AERIE_MAX_STORE_BYTES",
    fallback: "0",
    ...wholeOrNone(16_777_216, 1_099_511_627_776),
    meaning:
      "A size limit for the whole database. Beyond it raw readings go before their age, the oldest first, and `/readyz` and the log say so. 0 sets none.",
  }),
} as const;
