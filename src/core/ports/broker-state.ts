/** What the MQTT broker keeps across a restart: sessions, subscriptions, retained messages, deliveries, last wills. */

/** A message as the broker keeps it. Times are the hub's (`TrustedTime`), epoch ms. */
export interface KeptMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  /** The MQTT 5 properties that are passed to subscribers, encoded; a Message Expiry Interval comes first. */
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
  /** Deliveries up to this order may have been sent before. Undefined: none was; while it is connected, any may have been. */
  readonly sentThrough?: number | undefined;
}

export interface KeptSubscription {
  readonly qos: 0 | 1 | 2;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  readonly subscriptionId: number | undefined;
}

/** A message for one session, which has not acknowledged it. */
export interface KeptDelivery {
  /** Undefined: PUBREC came, and only the packet id is still needed. */
  readonly message: KeptMessage | undefined;
  /** QoS of the delivery. */
  readonly qos: 1 | 2;
  readonly retain: boolean;
  readonly subscriptionIds: readonly number[];
  /** `$share/<group>/<filter>` of the shared subscription that it came by. */
  readonly share: string | undefined;
}

export interface KeptWill {
  readonly message: KeptMessage;
  readonly delayS: number;
  readonly keepAliveS: number;
  /** Message Expiry Interval in seconds, counted from the will's publication. */
  readonly expiryS: number | undefined;
  /** When it is to be published; undefined while its client is connected. */
  readonly dueAtMs: number | undefined;
}

/**
 * One thing that the broker keeps, by its key. The same key replaces; `value: undefined` deletes. Deleting a session deletes
 * its subscriptions, deliveries and inbound ids too, but not its will.
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
      readonly order: number;
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
  /** Those of a session in their order. */
  readonly deliveries: readonly { readonly clientId: string; readonly order: number; readonly value: KeptDelivery }[];
  readonly inbound: readonly { readonly clientId: string; readonly packetId: number }[];
  readonly wills: readonly { readonly clientId: string; readonly value: KeptWill }[];
}
