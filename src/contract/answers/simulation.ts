/** The simulated boards that a person starts from the dashboard: what the hub answers about them, and what it tells their process. */
import { z } from "zod";
import { isoInstant } from "../readings.ts";

export const SIMULATED_BOARDS = 3;
/** Their ids are the hub's own: `simulated-board-01` … A device with one of them is simulated, also after a restart. */
export const SIMULATED_PREFIX = "simulated-board";

export const simulationAnswer = z
  .strictObject({
    state: z
      .enum(["off", "running", "failed"])
      .describe("`failed`: their process ended by itself; the devices that it made are still there"),
    devices: z.array(z.string()).describe("Ids of the simulated devices that the hub knows"),
    since: isoInstant.describe("Since when they run").exactOptional(),
    reason: z.string().describe("Why they do not run").exactOptional(),
  })
  .describe("The simulated boards");
export type SimulationAnswer = z.infer<typeof simulationAnswer>;

/** The first message to their process. Their secret is in no argument and no environment, which other users of the machine may see. */
export interface SimulatorOrder {
  readonly host: string;
  readonly port: number;
  readonly devices: number;
  readonly prefix: string;
  /** Undefined: there are no accounts. */
  readonly login: { readonly userName: string; readonly password: string } | undefined;
  readonly utcOffsetMinutes: number;
}

/** The second: it disconnects the boards in order and ends. */
export const STOP = "stop";
