/** The text of a reading's body, in whichever form it came. */
import type { Body } from "../../../src/core/ports/writes.ts";

export const bodyText = (body: Body): string => (typeof body === "string" ? body : Buffer.concat(body).toString());
