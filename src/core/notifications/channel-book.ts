/** The channels of the hub: kept in hub.db, checked before they are. */
import { type Channel, type ChannelFields, MAX_CHANNELS, readChannel } from "../../contract/channels.ts";
import type { BookOutcome } from "../alerts/alert-types.ts";
import { createSerialQueue } from "../model/serial-queue.ts";
import type { Clock } from "../ports/clock.ts";
import type { HubFile, StoredRecord } from "../ports/hub-file.ts";
import type { Log } from "../ports/log.ts";
import { channelFaults, type TopicReaders } from "./channel-faults.ts";
import { withFormerSecrets } from "./channel-secrets.ts";
import type { ChannelBook } from "./notification-types.ts";

export interface ChannelBookOptions {
  readonly hubFile: Pick<HubFile, "write">;
  /** Records of hub.db as they were loaded. */
  readonly stored: readonly StoredRecord[];
  readonly readers: TopicReaders;
  readonly clock: Pick<Clock, "nowMs">;
  readonly log: Log;
}

export function createChannelBook({ hubFile, stored, readers, clock, log }: ChannelBookOptions): ChannelBook {
  const queue = createSerialQueue();
  const listeners: Parameters<ChannelBook["onChange"]>[0][] = [];
  const channels = new Map<string, Channel>();
  for (const { kind, id, data } of stored) {
    if (kind !== "channel") continue;
    const fields = readChannel(data);
    if (fields === undefined) log.warn("a channel cannot be read, and is left as it is", { id });
    else channels.set(id, { ...fields, id });
  }

  async function put(id: string, fields: ChannelFields): Promise<BookOutcome<Channel>> {
    const faults = channelFaults(fields, readers);
    if (faults.length > 0) return { kind: "refused", faults };
    await hubFile.write([{ of: "record", kind: "channel", id, data: JSON.stringify(fields) }]);
    const before = channels.get(id);
    const item: Channel = { ...fields, id };
    channels.set(id, item);
    notify(before, item);
    return { kind: "done", item };
  }

  function notify(before: Channel | undefined, after: Channel | undefined): void {
    for (const run of listeners) run(before, after);
  }

  /** Never that of a channel that is there; rules name it. */
  function newId(): string {
    for (let at = clock.nowMs(); ; at++) {
      const id = at.toString(36);
      if (!channels.has(id)) return id;
    }
  }

  return {
    list: () => [...channels.values()],
    get: (id) => channels.get(id),
    add: (fields) =>
      queue.run(() => (channels.size >= MAX_CHANNELS ? Promise.resolve({ kind: "full" }) : put(newId(), fields))),
    replace: (id, change) =>
      queue.run(async () => {
        const before = channels.get(id);
        if (before === undefined) return { kind: "unknown" };
        const whole = withFormerSecrets(change, before);
        return whole.kind === "done" ? put(id, whole.item) : whole;
      }),
    remove: (id) =>
      queue.run(async () => {
        const before = channels.get(id);
        if (before === undefined) return false;
        await hubFile.write([{ of: "record", kind: "channel", id, data: undefined }]);
        channels.delete(id);
        notify(before, undefined);
        return true;
      }),
    onChange: (run) => void listeners.push(run),
  };
}
