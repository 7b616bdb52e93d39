/** All properties of MQTT 5: identifier, type, and the packets that may have them. [MQTT 5.0, 2.2.2.2] */

/** Packets that have properties, as bits; `will` is a section of CONNECT. PUBACK, PUBREC, PUBREL and PUBCOMP have the same ones. */
export const PACKET = {
  connect: 1,
  connack: 2,
  publish: 4,
  will: 8,
  ack: 16,
  subscribe: 32,
  suback: 64,
  unsubscribe: 128,
  unsuback: 256,
  disconnect: 512,
  auth: 1024,
} as const;

export type PropertyPacket = (typeof PACKET)[keyof typeof PACKET];

export type PropertyType = "byte" | "u16" | "u32" | "varint" | "text" | "binary" | "pair";

export interface Property {
  readonly id: number;
  readonly name: string;
  readonly type: PropertyType;
  /** Bits of PACKET: the packets in which a client may send it. */
  readonly fromClient: number;
  /** Bits of PACKET: the packets in which a server may send it. */
  readonly fromServer: number;
  /** A byte that is 0 or 1, or a number that is not 0. */
  readonly value: "flag" | "positive" | "any";
}

/** Property identifiers. */
export const PROPERTY = {
  payloadFormat: 0x01,
  messageExpiry: 0x02,
  contentType: 0x03,
  responseTopic: 0x08,
  correlationData: 0x09,
  subscriptionId: 0x0b,
  sessionExpiry: 0x11,
  assignedClientId: 0x12,
  serverKeepAlive: 0x13,
  authMethod: 0x15,
  authData: 0x16,
  requestProblemInformation: 0x17,
  willDelay: 0x18,
  requestResponseInformation: 0x19,
  responseInformation: 0x1a,
  serverReference: 0x1c,
  reasonString: 0x1f,
  receiveMaximum: 0x21,
  topicAliasMaximum: 0x22,
  topicAlias: 0x23,
  maximumQos: 0x24,
  retainAvailable: 0x25,
  userProperty: 0x26,
  maximumPacketSize: 0x27,
  wildcardSubscriptionAvailable: 0x28,
  subscriptionIdAvailable: 0x29,
  sharedSubscriptionAvailable: 0x2a,
} as const;

const { connect, connack, publish, will, ack, subscribe, suback, unsubscribe, unsuback, disconnect, auth } = PACKET;
const MESSAGE = publish | will;
const CLIENT_ANY = connect | MESSAGE | ack | subscribe | unsubscribe | disconnect | auth;
const SERVER_ANY = connack | publish | ack | suback | unsuback | disconnect | auth;

type Row = readonly [
  id: number,
  name: string,
  PropertyType,
  fromClient: number,
  fromServer: number,
  Property["value"]?,
];

const ROWS: readonly Row[] = [
  [PROPERTY.payloadFormat, "Payload Format Indicator", "byte", MESSAGE, publish, "flag"],
  [PROPERTY.messageExpiry, "Message Expiry Interval", "u32", MESSAGE, publish],
  [PROPERTY.contentType, "Content Type", "text", MESSAGE, publish],
  [PROPERTY.responseTopic, "Response Topic", "text", MESSAGE, publish],
  [PROPERTY.correlationData, "Correlation Data", "binary", MESSAGE, publish],
  [PROPERTY.subscriptionId, "Subscription Identifier", "varint", subscribe, publish, "positive"],
  [PROPERTY.sessionExpiry, "Session Expiry Interval", "u32", connect | disconnect, connack],
  [PROPERTY.assignedClientId, "Assigned Client Identifier", "text", 0, connack],
  [PROPERTY.serverKeepAlive, "Server Keep Alive", "u16", 0, connack],
  [PROPERTY.authMethod, "Authentication Method", "text", connect | auth, connack | auth],
  [PROPERTY.authData, "Authentication Data", "binary", connect | auth, connack | auth],
  [PROPERTY.requestProblemInformation, "Request Problem Information", "byte", connect, 0, "flag"],
  [PROPERTY.willDelay, "Will Delay Interval", "u32", will, 0],
  [PROPERTY.requestResponseInformation, "Request Response Information", "byte", connect, 0, "flag"],
  [PROPERTY.responseInformation, "Response Information", "text", 0, connack],
  [PROPERTY.serverReference, "Server Reference", "text", 0, connack | disconnect],
  [PROPERTY.reasonString, "Reason String", "text", ack | disconnect | auth, SERVER_ANY & ~publish],
  [PROPERTY.receiveMaximum, "Receive Maximum", "u16", connect, connack, "positive"],
  [PROPERTY.topicAliasMaximum, "Topic Alias Maximum", "u16", connect, connack],
  [PROPERTY.topicAlias, "Topic Alias", "u16", publish, publish, "positive"],
  [PROPERTY.maximumQos, "Maximum QoS", "byte", 0, connack, "flag"],
  [PROPERTY.retainAvailable, "Retain Available", "byte", 0, connack, "flag"],
  [PROPERTY.userProperty, "User Property", "pair", CLIENT_ANY, SERVER_ANY],
  [PROPERTY.maximumPacketSize, "Maximum Packet Size", "u32", connect, connack, "positive"],
  [PROPERTY.wildcardSubscriptionAvailable, "Wildcard Subscription Available", "byte", 0, connack, "flag"],
  [PROPERTY.subscriptionIdAvailable, "Subscription Identifier Available", "byte", 0, connack, "flag"],
  [PROPERTY.sharedSubscriptionAvailable, "Shared Subscription Available", "byte", 0, connack, "flag"],
];

export const PROPERTIES: readonly Property[] = ROWS.map(([id, name, type, fromClient, fromServer, value = "any"]) => ({
  id,
  name,
  type,
  fromClient,
  fromServer,
  value,
}));

const byId: (Property | undefined)[] = new Array(0x80).fill(undefined);
for (const property of PROPERTIES) byId[property.id] = property;

export const propertyOf = (id: number): Property | undefined => byId[id];
