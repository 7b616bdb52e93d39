/** Reads what a browser wishes to be sent; refuses what is not a wish. */
import { z } from "zod";

export interface Wish {
  /** Undefined: all. */
  readonly devices: ReadonlySet<string> | undefined;
  readonly batch: boolean;
}

const schema = z.strictObject({
  devices: z.array(z.string().min(1).max(64)).max(1_000).optional(),
  batch: z.boolean().default(false),
});

export function readWish(raw: unknown): Wish | undefined {
  const { success, data } = schema.safeParse(raw);
  if (!success) return undefined;
  return { devices: data.devices === undefined ? undefined : new Set(data.devices), batch: data.batch };
}
