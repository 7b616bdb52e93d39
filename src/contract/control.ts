/** What the command line and a hub say to each other over the socket in the data directory. Reached by nobody else. */
import { z } from "zod";

/** The socket's name in the data directory. */
export const CONTROL_SOCKET = "aerie.sock";

/** Lines of one `POST /import`. */
export const MAX_IMPORT_LINES = 1_000;
/** Bytes of one line of an import; 64 metrics of 256 bytes fit many times. */
export const MAX_LINE_BYTES = 256 * 1024;
export const MAX_IMPORT_BYTES = 4 * 1024 * 1024;

/** Answer of `POST /import`, whose body is NDJSON of readings. `line`: place in the body, from 0. */
export interface ImportAnswer {
  stored: number;
  duplicates: number;
  refused: { line: number; reason: string; detail?: string }[];
  /** Lines of a time of which the hub keeps no raw readings; `POST /rebuild` takes their hours. */
  forgotten: number[];
}

const rollup = z.strictObject({
  count: z.int().min(0),
  /** JSON has no number for a sum beyond the greatest double. */
  sum: z
    .number()
    .nullable()
    .transform((sum) => sum ?? Number.POSITIVE_INFINITY),
  min: z.number(),
  max: z.number(),
  texts: z.int().min(0),
  last: z.union([z.number(), z.string()]),
  lastAtMs: z.int(),
});

/** Body of `POST /rebuild`. */
export const rebuildRequest = z.strictObject({
  hours: z
    .array(
      z.strictObject({
        deviceId: z.string(),
        startMs: z.int(),
        metrics: z.record(z.string(), rollup),
        /** Part of it was sent before: it is added to what is there. */
        more: z.boolean(),
      }),
    )
    .max(1_000),
});

export type RebuildRequest = z.infer<typeof rebuildRequest>;

/** For each hour whether it was taken. */
export interface RebuildAnswer {
  taken: boolean[];
}

/** Body of `POST /backup`. */
export const backupRequest = z.strictObject({
  /** Absolute, as the hub's machine knows it. */
  file: z.string().min(1).max(4_096),
  /** Accounts, tokens and secrets of boards stay out of it. */
  withoutSecrets: z.boolean().default(false),
});

/** Answer of `GET /stats`. Times are epoch ms. */
export interface StatsAnswer {
  devices: number;
  readings: number;
  hotReadings: number;
  segments: number;
  bytes: { hot: number; segments: number; rollups: number; journal: number; other: number; free: number; log: number };
  oldestMs: number | null;
  usedBytes: number;
  diskFreeBytes: number;
  /** By the hub's process since its start; null: none runs. */
  written: { bytes: number; overMs: number } | null;
}

/** Answer of `GET /devices`. */
export interface DeviceIdsAnswer {
  /** Sorted. */
  deviceIds: string[];
  /** Of which something could not be read so far, because it is damaged on the disk. */
  damaged: string[];
}

/** Answer of `GET /space`. */
export interface SpaceAnswer {
  usedBytes: number;
  reusableBytes: number;
  diskFreeBytes: number;
}
