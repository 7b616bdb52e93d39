/** The answer of `GET /api/settings`: what the hub was started with, where it listens, and how full its disk is. */
import { z } from "zod";
import { isoInstant } from "../readings.ts";

const SETTING_SOURCES = ["default", "environment", "flag"] as const;

const settingAnswer = z.strictObject({
  name: z.string().describe("As in the environment: `AERIE_HTTP_PORT`"),
  value: z.string().describe("As it was written. Absent where it may contain a password").exactOptional(),
  default: z.string().describe("Empty: none"),
  source: z.enum(SETTING_SOURCES).describe("Where the value comes from"),
  meaning: z.string().describe("For a person"),
});
export type SettingAnswer = z.infer<typeof settingAnswer>;

const WIRES = ["http", "mqtt", "mqtts", "mqttOverWebSocket"] as const;

export const listenAddress = z.strictObject({
  wire: z.enum(WIRES),
  url: z.string(),
  reach: z
    .enum(["machine", "network"])
    .describe("Who can reach it: programs on the hub's own machine only, or others too"),
});
export type ListenAddress = z.infer<typeof listenAddress>;

export const settingsAnswer = z.strictObject({
  version: z.string(),
  startedAt: isoInstant,
  settings: z.array(settingAnswer).describe("Each setting of the hub, in the order of the documents"),
  addresses: z
    .array(listenAddress)
    .describe("Where the hub listens; of a listener on all addresses, each of the machine's"),
  store: z.enum(["embedded", "mongodb"]),
  space: z
    .strictObject({ usedBytes: z.number(), diskFreeBytes: z.number(), diskBytes: z.number() })
    .describe("What the store uses, and of the disk that it is on. Absent while it is not known")
    .exactOptional(),
  growth: z
    .strictObject({ bytesADay: z.number(), overMs: z.int() })
    .describe("How much the store grows in a day, and over how long that was measured. Absent in the first hour")
    .exactOptional(),
  lastBackupAt: isoInstant.describe("Of `aerie backup`. Absent: none was made").exactOptional(),
});
export type SettingsAnswer = z.infer<typeof settingsAnswer>;
