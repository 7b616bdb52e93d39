/** Makes a device id of the name that a person types. */
import { DEVICE_ID } from "../../../src/contract/fleet/device-id-pattern.ts";

const ACCENTS = /\p{M}/gu;

/** `Cellar, north` → `cellar-north`; what is an id already stays as it is. Empty: nothing in it can be part of one. */
export function deviceIdOf(name: string): string {
  const said = name.trim();
  if (DEVICE_ID.test(said)) return said;
  return said
    .normalize("NFKD")
    .replace(ACCENTS, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 64)
    .replace(/^-|-$/g, "");
}
