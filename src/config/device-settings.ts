/** Limits of devices and metrics, and how long what they report is kept. */
import { days, setting, whole, wholeOrNone } from "./setting.ts";

export const DEVICE_SETTINGS = {
  maxDevices: setting({
    env: "AERIE_MAX_DEVICES",
    fallback: "10000",
    ...whole(1, 1_000_000),
    meaning: "Devices in total. Any further device is refused.",
  }),
  maxDevicesPerClient: setting({
    env: "AERIE_MAX_DEVICES_PER_CLIENT",
    fallback: "1000",
    ...whole(1, 1_000_000),
    meaning: "New devices that one MQTT client id may create while the hub runs.",
  }),
  maxMetricsPerDevice: setting({
    env: "AERIE_MAX_METRICS_PER_DEVICE",
    fallback: "1024",
    ...whole(1, 10_000),
    meaning: "Different metrics that one device may have over time.",
  }),
  rawDays: setting({
    env: "AERIE_RAW_DAYS",
    fallback: "90",
    ...days,
    meaning:
      "How many days raw readings are kept; older readings are refused. Their hourly and daily summaries are kept longer. 0: forever. A device may have its own value.",
  }),
  hourDays: setting({
    env: "AERIE_HOUR_DAYS",
    fallback: "0",
    ...days,
    meaning:
      "How many days the hourly summaries of each metric (count, mean, minimum, maximum, last value) are kept. 0: forever.",
  }),
  dayDays: setting({
    env: "AERIE_DAY_DAYS",
    fallback: "0",
    ...days,
    meaning: "How many days the daily summaries of each metric are kept. 0: forever.",
  }),
  maxStoreBytes: setting({
    env: "AERIE_MAX_STORE_BYTES",
    fallback: "0",
    ...wholeOrNone(16_777_216, 1_099_511_627_776),
    meaning:
      "Size limit of the whole database, in bytes. Beyond it the oldest raw readings are deleted before their time, and `/readyz` and the log say so. 0: no limit.",
  }),
} as const;
