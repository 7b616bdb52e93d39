/** What the parts of notifications pass to each other. Types only. */
import type { Channel, ChannelChange, ChannelFields, ChannelState } from "../../contract/channels.ts";
import type { BookOutcome } from "../alerts/alert-types.ts";
import type { SendOutcome } from "../ports/alert-channel.ts";

export interface ChannelBook {
  /** In the order in which they were made, with their secrets: never for an answer. */
  list(): readonly Channel[];
  get(id: string): Channel | undefined;
  add(fields: ChannelFields): Promise<BookOutcome<Channel>>;
  /** A secret that is left out stays as it was, unless it would go to another server. */
  replace(id: string, change: ChannelChange): Promise<BookOutcome<Channel>>;
  remove(id: string): Promise<boolean>;
  /** Called with the channel as it was and as it is; undefined: it was not there, or is gone. */
  onChange(run: (before: Channel | undefined, after: Channel | undefined) => void): void;
}

/** Does not get through. */
export interface FailingChannel {
  readonly channelId: string;
  readonly name: string;
  readonly reason: string;
  readonly sinceMs: number;
}

/** Since the start. `sent` and `givenUp`: messages; `failed` and `refused`: attempts. */
export type NotificationCounts = Readonly<Record<"sent" | "failed" | "refused" | "givenUp", number>>;

export interface Notifications {
  stateOf(channelId: string): ChannelState;
  /** Sends a message that says that it is a test; undefined: there is no such channel. */
  test(channelId: string): Promise<SendOutcome | undefined>;
  failing(): readonly FailingChannel[];
  counts(): NotificationCounts;
  close(): Promise<void>;
}
