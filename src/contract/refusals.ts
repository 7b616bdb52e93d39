/** Why a connection or a message is refused: a closed list, in words for the person who can act. */

export const REFUSALS = {
  TOPIC_UNKNOWN: "The hub knows no such topic under devices/",
  TOPIC_RESERVED: "Topics that begin with $ belong to the broker",
  DEVICE_ID_INVALID: "A device id is 1 to 64 of A-Z a-z 0-9 . _ : - and not . or ..",
  PAYLOAD_TOO_LARGE: "The packet is larger than 256 KiB",
  PAYLOAD_EMPTY: "The payload is empty",
  PAYLOAD_NOT_UTF8: "The payload is not valid UTF-8 text",
  PAYLOAD_NOT_JSON: "The payload is not JSON",
  PAYLOAD_WRONG_SHAPE: "The payload is JSON of another shape than this topic takes",
  TOO_MANY_READINGS: "A message holds at most 1,000 readings",
  READING_WRONG_SHAPE: "A reading is a JSON object of metrics",
  READING_EMPTY: "No metric of the reading could be used",
  TOO_MANY_METRICS: "A reading holds at most 64 metrics",
  TOO_DEEP: "Objects may nest at most 8 deep",
  METRIC_NAME_INVALID: "A metric's name is 1 to 64 of A-Z a-z 0-9 . _ - and begins with a letter",
  METRIC_VALUE_INVALID: "A metric's value is a finite number, true, false or text",
  METRIC_TEXT_TOO_LONG: "A metric's text has at most 256 bytes",
  METRIC_WRONG_TYPE: "The catalogue says that this metric is of another type",
  STATUS_INVALID: "A status is online or offline",
  ATTRIBUTES_TOO_LARGE: "The attributes of a device have at most 64 keys and 16 KiB",
  TOO_MANY_DEVICES: "The hub has as many devices as it may (AERIE_MAX_DEVICES)",
  TOO_MANY_DEVICES_OF_CLIENT: "This client has made as many devices as one may (AERIE_MAX_DEVICES_PER_CLIENT)",
  TOO_MANY_METRICS_OF_DEVICE: "The device has as many metrics as one may (AERIE_MAX_METRICS_PER_DEVICE)",
  STORE_REFUSED: "The store cannot hold this",
  STORE_STALLED:
    "The store did not take the message in time; the connection was closed so that the board sends it again",
  HUB_CLOSING: "The hub is stopping",
  PROTOCOL_VIOLATION: "The client broke the MQTT protocol",
  ORIGIN_FOREIGN: "The page's origin is not this hub's own (AERIE_CORS_ORIGINS)",
  HOST_FOREIGN: "The request names a host that is not this hub (AERIE_HOST_NAMES)",
  SUBSCRIPTION_DENIED: "The broker does not serve this subscription",
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** One kind of refusal of one subject; further ones of the same kind are counted into it. */
export interface Refusal {
  code: RefusalCode;
  /** REFUSALS[code], and what exactly was wrong. */
  reason: string;
  kind: "connection" | "message";
  clientId?: string;
  address?: string;
  topic?: string;
  deviceId?: string;
  metric?: string;
  /** ISO 8601. */
  firstAt: string;
  lastAt: string;
  count: number;
}
