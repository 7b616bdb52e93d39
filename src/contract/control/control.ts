/** The requests and answers between the command line and a hub, over the socket in the data directory. */
/** The socket's name in the data directory. */
export const CONTROL_SOCKET = "aerie.sock";

/** Lines of one `POST /import`. */
export const MAX_IMPORT_LINES = 1_000;
/** Bytes of one line of an import; 64 metrics of 256 bytes fit many times. */
export const MAX_LINE_BYTES = 256 * 1024;
export const MAX_IMPORT_BYTES = 4 * 1024 * 1024;

/** Answer of `POST /import`, whose body is NDJSON of readings. `line`: index in the body, from 0. */
export interface ImportAnswer {
  stored: number;
  duplicates: number;
  refused: { line: number; reason: string; detail?: string }[];
  /** Lines of a time of which the hub keeps no raw readings; `POST /rebuild` takes their hours. */
  forgotten: number[];
}

/** For each hour whether it was taken. */
export interface RebuildAnswer {
  taken: boolean[];
}

/** Answer of `GET /stats`. Times are epoch ms. */
export interface StatsAnswer {
  devices: number;
  readings: number;
  hotReadings: number;
  segments: number;
  bytes: { hot: number; segments: number; rollups: number; journal: number; other: number; free: number; log: number };
  oldestMs: number | null;
  usedBytes: number;
  /** Of `hub.db` with its log. */
  hubFileBytes: number;
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
  /** Of the database and `hub.db`. */
  usedBytes: number;
  reusableBytes: number;
  diskFreeBytes: number;
}
