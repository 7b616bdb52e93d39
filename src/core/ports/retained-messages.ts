/** The retained messages of the broker, as a person sees them, and their removal. Types only. */

export interface RetainedFacts {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  /** Client id of the session that published it; undefined: the hub itself, or it is not known. */
  readonly publisher: string | undefined;
  /** By the hub's time; undefined: before the hub was started. */
  readonly setAtMs: number | undefined;
}

export interface RetainedPage {
  readonly messages: readonly RetainedFacts[];
  /** How many match. */
  readonly total: number;
  /** There are more behind these. */
  readonly hasMore: boolean;
}

export interface RetainedMessages {
  /** In the order of their topics. `after`: only topics behind this one. */
  page(matches: (topic: string) => boolean, limit: number, after: string | undefined): RetainedPage;
  has(topic: string): boolean;
  /** As an empty retained message would: subscribers get it. Resolves with whether that is on disk; if not, it is written later. */
  remove(topics: readonly string[]): Promise<boolean>;
}
