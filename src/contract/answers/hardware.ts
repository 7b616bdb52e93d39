/** Which board the readings of a device come from, and how another takes its place. */
import { z } from "zod";
import { isoInstant } from "../readings.ts";

/** So long a replacement can be undone. */
export const UNDO_DAYS = 7;
/** Of one device; older ones are left out. */
export const MAX_HARDWARE_CHANGES = 50;

export const hardwareChange = z.strictObject({
  hardware: z.string().describe("The id that the board itself uses"),
  since: isoInstant.describe("Readings that the hub received from then on are from it"),
});
export type HardwareChange = z.infer<typeof hardwareChange>;

export const hardwareAnswer = z
  .strictObject({
    hardware: z.string().describe("The id that its board uses now; its own where it was never replaced"),
    changes: z
      .array(hardwareChange)
      .describe("Oldest first; before the first one it was the board with the device's own id"),
    undoUntil: isoInstant
      .describe("The last replacement can be undone until then; absent where it cannot")
      .exactOptional(),
  })
  .describe("Which board a device's readings come from");
export type HardwareAnswer = z.infer<typeof hardwareAnswer>;

export const replacementRequest = z.strictObject({
  by: z.string().min(1).max(64).describe("Id of the new board"),
});

export const replacementCandidate = z.strictObject({
  deviceId: z.string(),
  name: z.string().exactOptional(),
  lastHeardAt: isoInstant,
  sharedMetrics: z.int().min(0).describe("How many metrics of the device it sends as well"),
});
export type ReplacementCandidate = z.infer<typeof replacementCandidate>;

export const candidatesAnswer = z.strictObject({
  metrics: z.int().min(0).describe("How many metrics the device has"),
  candidates: z
    .array(replacementCandidate)
    .describe(
      "Boards that were heard in the last 24 hours, at most 50; those that send most of the same metrics first",
    ),
});
export type CandidatesAnswer = z.infer<typeof candidatesAnswer>;
