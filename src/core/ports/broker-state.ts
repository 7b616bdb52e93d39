/** What the MQTT broker keeps over a restart: sessions, subscriptions, retained messages, deliveries, last wills. */

/** A message as the broker keeps it. Times are the hub's (`TrustedTime`), epoch ms. */
export interface KeptMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  /** Encoded MQTT 5 properties that are passed to subscribers; before them the Message Expiry Interval, where there is one. */
  readonly properties: Uint8Array;
  readonly expiresAtMs: number | undefined;
  /** Client id. */
  readonly publisher: string | undefined;
}

/** An MQTT session that outlives its connection. */
export interface KeptSession {
  /** Protocol level: 3, 4 or 5. */
  readonly version: number;
  /** 0xFFFFFFFF: never. */
  readonly expiryS: number;
  /** Undefined: connected. */
  readonly disconnectedAtMs: number | undefined;
  /** Deliveries up to this place may have been sent before; undefined: none, or, of one that is connected, any. */
  readonly sentThrough?: number | undefined;
}

export interface KeptSubscription {
  readonly qos: 0 | 1 | 2;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  readonly subscriptionId: number | undefined;
}

/** A message for one session that was not acknowledged by it. */
export interface KeptDelivery {
  /** Undefined: PUBREC came, and only its packet id is still of use. */
  readonly message: KeptMessage | undefined;
  /** With which it is delivered. */
  readonly qos: 1 | 2;
  readonly retain: boolean;
  readonly subscriptionIds: readonly number[];
  /** The shared subscription's `$share/<group>/<filter>` that it came by. */
  readonly share: string | undefined;
}

export interface KeptWill {
  readonly message: KeptMessage;
  readonly delayS: number;
  readonly keepAliveS: number;
  /** Message Expiry Interval, counted from its publication. */
  readonly expiryS: number | undefined;
  /** When it is to be published; undefined while its client is connected. */
  readonly dueAtMs: number | undefined;
}

/**
 * One thing that the broker must not forget, by its key; `value: undefined` forgets it. The same key replaces. To
 * forget a session is to forget its subscriptions, deliveries and inbound ids, but not its will.
 */
export type JournalEntry =
  | { readonly of: "session"; readonly clientId: string; readonly value: KeptSession | undefined }
  | {
      readonly of: "subscription";
      readonly clientId: string;
      readonly filter: string;
      readonly value: KeptSubscription | undefined;
    }
  | { readonly of: "retained"; readonly topic: string; readonly value: KeptMessage | undefined }
  | {
      readonly of: "delivery";
      readonly clientId: string;
      /** Order within the session. */
      readonly place: number;
      readonly value: KeptDelivery | undefined;
    }
  /** A QoS 2 packet id that the session used and did not release. */
  | { readonly of: "inbound"; readonly clientId: string; readonly packetId: number; readonly value: true | undefined }
  | { readonly of: "will"; readonly clientId: string; readonly value: KeptWill | undefined };

export interface JournalWrite {
  readonly kind: "journal";
  readonly entry: JournalEntry;
}

/** Everything that the broker's journal holds. */
export interface Journal {
  readonly sessions: readonly { readonly clientId: string; readonly value: KeptSession }[];
  readonly subscriptions: readonly {
    readonly clientId: string;
    readonly filter: string;
    readonly value: KeptSubscription;
  }[];
  readonly retained: readonly { readonly topic: string; readonly value: KeptMessage }[];
  /** Of each session by place. */
  readonly deliveries: readonly { readonly clientId: string; readonly place: number; readonly value: KeptDelivery }[];
  readonly inbound: readonly { readonly clientId: string; readonly packetId: number }[];
  readonly wills: readonly { readonly clientId: string; readonly value: KeptWill }[];
}
