/** What a dialect is: a family of boards with topics and payloads of its own. Types only. */
import type { Family } from "../../contract/families.ts";
import type { MetricInfo } from "../../contract/metrics.ts";
import type { DeviceId } from "../../contract/readings.ts";
import type { LearnedPart, ParsedMessage } from "./parsed-message.ts";

/** The credential that a message came with, and its rights. */
export interface Publisher {
  /** Of the credential, `board:kitchen` or `application:zigbee`; `anybody` where there are no accounts. */
  readonly id: string;
  /** The device whose credential it is; undefined: an application, or no accounts. */
  readonly deviceId: DeviceId | undefined;
  mayPublish(topic: string): boolean;
  maySubscribe(filter: string): boolean;
}

/** A message, as a dialect sees it. */
export interface DialectMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly retain: boolean;
  /** It is sent again (MQTT's DUP): what was read of it the first time may not have been stored. */
  readonly dup?: boolean;
  readonly receivedAtMs: number;
  readonly publisher: Publisher;
  /** That the client gave in its CONNECT; undefined: none, or not known any more. It may be the token of the board: where there are accounts, it is not shown. */
  readonly userName?: string | undefined;
}

/** What a dialect needs of the machine. */
export interface DialectOptions {
  /** Of GZIP or zlib's format; undefined: it is none of them, damaged, or would become more than `maxBytes`. */
  readonly inflate: (bytes: Uint8Array, maxBytes: number) => Uint8Array | undefined;
}

/** Reads the messages of one topic. Total: whatever the bytes, it answers and never throws, in time that grows with the payload only. */
export type TopicReader = (message: DialectMessage) => ParsedMessage;

/**
 * A dialect has memory, and nothing else: no clock, no store, no network. What it must still know after a restart it answers as
 * `learned` parts. The hub gives each of them to `learn` at once, and all that are stored at the next start, in any order. What it
 * keeps besides (the last values, to leave out repetitions) is bounded and may be lost.
 */
export interface Dialect {
  /** Before the colon of its device ids. */
  readonly family: Family;
  /**
   * The reader of this topic; undefined: the topic is not of this dialect. Called once for each topic, until `learn` of any dialect
   * answers true; by the form of the topic and by what was learned, never by a payload.
   */
  claim(topic: string): TopicReader | undefined;
  /**
   * Takes up what a message of this dialect taught; `data` undefined: it no longer holds. Answers true if `claim` may answer otherwise
   * now. Data that it cannot read (of a newer version) is ignored.
   */
  learn(deviceId: DeviceId, key: string, data: string | undefined): boolean;
  /** The name that the device gives itself; undefined: none is known. */
  nameOf(deviceId: DeviceId): string | undefined;
  /** What is known of a metric, by what was learned or by its name; undefined: nothing. Called once for each metric until `learn`. */
  metricInfo(deviceId: DeviceId, metric: string): MetricInfo | undefined;
  /**
   * What is known about whether the device is there, beside the status that it sends; undefined: nothing. Asked every second for each
   * device of the family: a look-up in memory.
   */
  presenceOf?(deviceId: DeviceId): DialectPresence | undefined;
  /** Topics below which everything was found to be of this dialect, such as the base topics of bridges: no board of another is given them. */
  baseTopics?(): Iterable<string>;
}

export interface DialectPresence {
  /**
   * A bridge reaches it by radio. Connections are the bridge's, and many such devices speak a few times a day only. `bridge`: what the
   * bridge last said of itself; while it is offline, so are its devices, and when it is back, what was known of them before holds again.
   */
  readonly radio?: { readonly bridge: "online" | "offline" | undefined; readonly isMainsPowered: boolean };
  /** It said that it sleeps, and comes back by itself. */
  readonly isAsleep?: boolean;
}

/** All dialects together. */
export interface Dialects extends Pick<Dialect, "nameOf" | "metricInfo"> {
  presenceOf(deviceId: DeviceId): DialectPresence | undefined;
  baseTopics(): readonly string[];
  read(message: DialectMessage): ParsedMessage;
  /** `data` undefined: it no longer holds. */
  learn(learned: Pick<LearnedPart, "family" | "deviceId" | "key" | "data">): void;
  /** A dialect may claim other topics from now on, for another reason than what it learned. */
  changed(): void;
  /** Whose topic it is now; undefined: of no dialect. */
  claimedBy(topic: string): Family | "native" | undefined;
}
