/** The states that the whole fleet is counted and filtered by. */
import { z } from "zod";

/** In the order of what comes first. */
export const FLEET_STATES = ["alarm", "late", "offline", "asleep", "new", "clock", "normal"] as const;
export type FleetState = (typeof FLEET_STATES)[number];

export const fleetState = z
  .enum(FLEET_STATES)
  .describe(
    "`alarm`: a critical or warning alert of it fires; `late`, `offline`, `asleep`: as `presenceDetail` says; `new`: first heard in the last 24 hours; `clock`: it has sent an instant that cannot be true; `normal`: nothing of these",
  );

const count = z.int().min(0);

export const fleetCounts = z
  .strictObject({ all: count, alarm: count, late: count, offline: count, asleep: count, new: count, clock: count })
  .describe("How many devices there are in each state, of all devices. A device may be in several");
export type FleetCounts = z.infer<typeof fleetCounts>;
