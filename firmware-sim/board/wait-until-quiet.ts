/** Waits for the last acknowledgements before a board disconnects. */
import type { Clock } from "../helpers/clock.ts";
import type { Link } from "../mqtt/link.ts";

const LAST_ACKS_MS = 3_000;
const POLL_MS = 20;

/** Until every message is acknowledged, the connection is lost or it takes too long; true in the first case. */
export async function waitUntilQuiet(link: Link, clock: Clock): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < LAST_ACKS_MS && link.isOpen() && link.waiting() > 0; waitedMs += POLL_MS) {
    await new Promise<void>((done) => void clock.after(POLL_MS, done));
  }
  return link.waiting() === 0;
}
