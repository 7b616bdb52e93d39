/** Parses the options of a `subscribe` event. */
import { z } from "zod";

export interface LiveSubscription {
  /** Undefined: all devices. */
  readonly devices: ReadonlySet<string> | undefined;
  readonly batch: boolean;
}

const schema = z.strictObject({
  devices: z.array(z.string().min(1).max(64)).max(1_000).optional(),
  batch: z.boolean().default(false),
});

export function parseSubscribeOptions(raw: unknown): LiveSubscription | undefined {
  const { success, data } = schema.safeParse(raw);
  if (!success) return undefined;
  return { devices: data.devices === undefined ? undefined : new Set(data.devices), batch: data.batch };
}
