/** The key pair by which push services know this hub. Browsers subscribe to its public half, so it stays the same. [RFC 8292] */
import { createECDH } from "node:crypto";
import { z } from "zod";
import type { HubFile, StoredRecord } from "../../core/ports/hub-file.ts";
import { jsonOf } from "../text/json-text.ts";

export interface VapidKeys {
  /** base64url, for `applicationServerKey`. */
  readonly publicKey: string;
  readonly privateKey: string;
}

export interface VapidKeyBook {
  /** Made and stored at the first call. Rejects with a StoreError where it cannot be stored: then no browser may subscribe to it. */
  get(): Promise<VapidKeys>;
}

const RECORD = { kind: "setting", id: "vapid" } as const;
const keys = z.object({ publicKey: z.string().length(87), privateKey: z.string().length(43) });

export function createVapidKeyBook(stored: readonly StoredRecord[], hubFile: Pick<HubFile, "write">): VapidKeyBook {
  const record = stored.find(({ kind, id }) => kind === RECORD.kind && id === RECORD.id);
  let known = record && keys.safeParse(jsonOf(record.data)).data;
  let making: Promise<VapidKeys> | undefined;

  async function make(): Promise<VapidKeys> {
    const made = newKeys();
    await hubFile.write([{ of: "record", ...RECORD, data: JSON.stringify(made) }]);
    known = made;
    return made;
  }

  return {
    get: async () => {
      if (known !== undefined) return known;
      making ??= make().finally(() => {
        making = undefined;
      });
      return making;
    },
  };
}

function newKeys(): VapidKeys {
  for (;;) {
    const pair = createECDH("prime256v1");
    pair.generateKeys();
    const made = { publicKey: pair.getPublicKey("base64url"), privateKey: pair.getPrivateKey("base64url") };
    // Node.js leaves out zeros in front of a private key.
    if (keys.safeParse(made).success) return made;
  }
}
