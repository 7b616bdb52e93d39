/** What the adapters of channels stand on, real but for time and names: no mail server of the world gets a message of a test. */
import { setMaxListeners } from "node:events";
import { createGuardedConnect, type GuardedConnect } from "../../../src/notify/request/guarded-connect.ts";
import { createGuardedRequest, type GuardedRequest } from "../../../src/notify/request/guarded-request.ts";
import { createNameLookup } from "../../../src/notify/request/name-lookup.ts";
import { createManualClock, type ManualClock } from "../clock/manual-clock.ts";
import { createMemoryLog, type MemoryLog } from "../memory/memory-log.ts";
import { createNames, type Names } from "./names.ts";

export interface ChannelWorld {
  readonly clock: ManualClock;
  readonly log: MemoryLog;
  readonly names: Names;
  readonly request: GuardedRequest;
  readonly connect: GuardedConnect;
  readonly signal: AbortSignal;
  readonly ca: string | undefined;
  /** As a hub that closes. */
  stop(): void;
}

export interface ChannelWorldOptions {
  readonly addresses?: Readonly<Record<string, readonly string[]>>;
  readonly ownPorts?: () => readonly number[];
  readonly ca?: string;
}

export function createChannelWorld({
  addresses = {},
  ownPorts = () => [],
  ca,
}: ChannelWorldOptions = {}): ChannelWorld {
  const clock = createManualClock();
  const own = { ports: ownPorts, addresses: () => [] };
  const names = createNames(addresses);
  const lookupOf = createNameLookup({ own, lookup: names.lookup });
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  return {
    clock,
    log: createMemoryLog(),
    names,
    request: createGuardedRequest({ clock, own, lookupOf, ca }),
    connect: createGuardedConnect({ own, lookupOf }),
    signal: stopping.signal,
    ca,
    stop: () => stopping.abort("The hub stops"),
  };
}
