/** Knows what was learned about each device and whether it is on disk, within a bound. */
import type { DeviceId } from "../../contract/readings.ts";
import { type Fault, fault, ok, type Result } from "../model/result.ts";
import type { LearnedChange, StoredLearned } from "../ports/hub-file.ts";
import type { Descriptions } from "./descriptions.ts";
import type { Dialects } from "./dialect.ts";
import { MAX_LEARNED_CHARS } from "./learned-limit.ts";
import type { LearnedPart } from "./parsed-message.ts";

export interface LearnedBook {
  /** Its dialect takes it up at once. Undefined: it is known, and on disk. */
  take(part: LearnedPart): Result<LearnedChange | undefined>;
  /** Something is known already of what the part is about. */
  isKnown(part: LearnedPart): boolean;
  /** It is on disk. */
  stored(write: LearnedChange): void;
}

export interface LearnedBookOptions {
  readonly dialects: Pick<Dialects, "learn">;
  readonly descriptions: Pick<Descriptions, "changed">;
  /** What is on disk. */
  readonly stored: readonly StoredLearned[];
}

/** Of one device, by family and key. */
interface OfDevice {
  readonly entries: Map<string, Known>;
  /** Of keys and data. */
  chars: number;
}

interface Known {
  /** Undefined: it no longer holds, which is not on disk yet. */
  readonly data: string | undefined;
  readonly isStored: boolean;
}

const MAX_KEY_CHARS = 256;
const MAX_CHARS = 64 * 1024 * 1024;
/** What an entry takes beside its text, in all maps that know it: a million small ones would take a gigabyte. */
const ENTRY_CHARS = 512;
/** Of one device: what is known of it is made again when one of them changes. */
const MAX_ENTRIES_OF_DEVICE = 6_000;

export function createLearnedBook({ dialects, descriptions, stored }: LearnedBookOptions): LearnedBook {
  const devices = new Map<DeviceId, OfDevice>();
  let chars = 0;

  for (const { family, deviceId, key, data } of stored) {
    if (family === "owner") continue;
    dialects.learn({ family, deviceId, key, data });
    set(deviceId, entryKey({ family, key }), { data, isStored: true });
  }

  function take(part: LearnedPart): Result<LearnedChange | undefined> {
    const { family, deviceId, key, data } = part;
    const name = entryKey(part);
    const former = devices.get(deviceId)?.entries.get(name);
    if (former?.data === data && former?.isStored !== false) return ok(undefined);
    const refused = data === undefined ? undefined : limitOf(part, data, former);
    if (refused !== undefined) return { ok: false, fault: refused };
    if (former?.data !== data) {
      set(deviceId, name, { data, isStored: false });
      dialects.learn({ family, deviceId, key, data });
      descriptions.changed(deviceId);
    }
    return ok({ of: "learned", family, deviceId, key, data });
  }

  function limitOf({ deviceId, key }: LearnedPart, data: string, former: Known | undefined): Fault | undefined {
    const more = data.length + key.length - charsOf(key, former);
    const ofDevice = devices.get(deviceId);
    const isLarge = key.length > MAX_KEY_CHARS || (ofDevice?.chars ?? 0) + more > MAX_LEARNED_CHARS;
    const isNew = former === undefined;
    if (isLarge || (isNew && (ofDevice?.entries.size ?? 0) >= MAX_ENTRIES_OF_DEVICE))
      return fault("DESCRIPTION_TOO_LARGE").fault;
    return chars + more + (isNew ? ENTRY_CHARS : 0) > MAX_CHARS ? fault("TOO_MANY_DESCRIPTIONS").fault : undefined;
  }

  function set(deviceId: DeviceId, name: string, known: Known | undefined): void {
    const ofDevice: OfDevice = devices.get(deviceId) ?? { entries: new Map(), chars: 0 };
    devices.set(deviceId, ofDevice);
    const former = ofDevice.entries.get(name);
    const change = charsOf(name, known) - charsOf(name, former);
    ofDevice.chars += change;
    chars += change + (Number(known !== undefined) - Number(former !== undefined)) * ENTRY_CHARS;
    if (known !== undefined) ofDevice.entries.set(name, known);
    else ofDevice.entries.delete(name);
    if (ofDevice.entries.size === 0) devices.delete(deviceId);
  }

  return {
    take,
    isKnown: (part) => devices.get(part.deviceId)?.entries.has(entryKey(part)) === true,
    stored: (write) => {
      const { deviceId, data } = write;
      const name = entryKey(write);
      // What was learned in the meantime is not on disk yet.
      const known = devices.get(deviceId)?.entries.get(name);
      if (known === undefined || known.data !== data) return;
      set(deviceId, name, data === undefined ? undefined : { data, isStored: true });
    },
  };
}

const charsOf = (name: string, known: Known | undefined): number =>
  known === undefined ? 0 : name.length + (known.data?.length ?? 0);

const entryKey = ({ family, key }: Pick<LearnedChange, "family" | "key">): string => `${family} ${key}`;
