/** Reads a property section that a client sent, and refuses properties that its packet may not have. */
import { REASON } from "../../contract/reason-codes.ts";
import { type ByteReader, MalformedPacket } from "./byte-reader.ts";
import { NO_BYTES } from "./packet.ts";
import { PACKET, PROPERTY, type Property, type PropertyPacket, propertyOf } from "./property-table.ts";
import { topicFault } from "./topic-rules.ts";

/** The values of a section; undefined: the property is absent. Reason strings and the like are checked and not kept. */
export interface Properties {
  messageExpiryS: number | undefined;
  subscriptionId: number | undefined;
  sessionExpiryS: number | undefined;
  willDelayS: number | undefined;
  receiveMaximum: number | undefined;
  topicAliasMaximum: number | undefined;
  topicAlias: number | undefined;
  maxPacketBytes: number | undefined;
  requestProblemInformation: number | undefined;
  authMethod: string | undefined;
  hasAuthData: boolean;
  /** What is passed on to subscribers, in its order, encoded; a view of the section if nothing was between. */
  passedOn: Uint8Array;
}

/** Reads the length and the properties. */
export function readProperties(reader: ByteReader, packet: PropertyPacket): Readonly<Properties> {
  const length = reader.varint();
  if (length === 0) return NONE;
  const section = reader.section(length);
  const found = { ...NONE };
  const isMessage = packet === PACKET.publish || packet === PACKET.will;
  let seenLow = 0; // bits of the identifiers 0 to 31
  let seenHigh = 0; // and of those from 32 on
  let runFrom = section.at;
  let runTo = section.at;
  while (section.left > 0) {
    const from = section.at;
    const property = allowed(section.varint(), packet);
    const bit = 1 << (property.id & 31);
    const isTwice = ((property.id < 32 ? seenLow : seenHigh) & bit) !== 0;
    if (isTwice && property.id !== PROPERTY.userProperty) {
      throw new MalformedPacket(`${property.name} comes twice [MQTT 5.0, 2.2.2.2]`, REASON.protocolError);
    }
    if (property.id < 32) seenLow |= bit;
    else seenHigh |= bit;
    readValue(section, property, found);
    if (!isMessage || !isPassedOn(property.id)) continue;
    if (runTo !== from) {
      if (runTo > runFrom) found.passedOn = joined(found.passedOn, section.bytes.subarray(runFrom, runTo));
      runFrom = from;
    }
    runTo = section.at;
  }
  if (found.hasAuthData && found.authMethod === undefined) {
    throw new MalformedPacket("Authentication Data without a method [MQTT 5.0, 3.1.2.11.10]", REASON.protocolError);
  }
  if (runTo > runFrom) found.passedOn = joined(found.passedOn, section.bytes.subarray(runFrom, runTo));
  return found;
}

const NONE: Readonly<Properties> = {
  messageExpiryS: undefined,
  subscriptionId: undefined,
  sessionExpiryS: undefined,
  willDelayS: undefined,
  receiveMaximum: undefined,
  topicAliasMaximum: undefined,
  topicAlias: undefined,
  maxPacketBytes: undefined,
  requestProblemInformation: undefined,
  authMethod: undefined,
  hasAuthData: false,
  passedOn: NO_BYTES,
};

function allowed(id: number, packet: PropertyPacket): Property {
  const property = propertyOf(id);
  if (property === undefined) throw new MalformedPacket(`unknown property ${id} [MQTT 5.0, 2.2.2.2]`);
  if ((property.fromClient & packet) !== 0) return property;
  // An identifier that this packet never has is malformed [2.2.2.2]; one that only a server may send in it breaks a rule.
  if ((property.fromServer & packet) === 0) {
    throw new MalformedPacket(`${property.name} in a packet that may not have it [MQTT 5.0, 2.2.2.2]`);
  }
  const clause = id === PROPERTY.subscriptionId ? " [MQTT-3.3.4-6]" : "";
  throw new MalformedPacket(`${property.name}, which a client may not send${clause}`, REASON.protocolError);
}

function readValue(section: ByteReader, property: Property, found: Properties): void {
  switch (property.type) {
    case "byte":
      return keepNumber(property, section.u8(), found);
    case "u16":
      return keepNumber(property, section.u16(), found);
    case "u32":
      return keepNumber(property, section.u32(), found);
    case "varint":
      return keepNumber(property, section.varint(), found);
    case "text":
      return readText(section, property, found);
    case "binary":
      section.binary();
      if (property.id === PROPERTY.authData) found.hasAuthData = true;
      return;
    case "pair":
      section.skipText();
      section.skipText();
      return;
  }
}

function readText(section: ByteReader, property: Property, found: Properties): void {
  if (property.id === PROPERTY.authMethod) {
    found.authMethod = section.text();
  } else if (property.id === PROPERTY.responseTopic) {
    const reason = topicFault(section.text());
    if (reason !== undefined)
      throw new MalformedPacket(`Response Topic: ${reason} [MQTT-3.3.2-14]`, REASON.protocolError);
  } else {
    section.skipText();
  }
}

function keepNumber(property: Property, value: number, found: Properties): void {
  if (property.value === "flag" && value > 1) {
    throw new MalformedPacket(`${property.name} is ${value}, neither 0 nor 1`, REASON.protocolError);
  }
  if (property.value === "positive" && value === 0) {
    if (property.id === PROPERTY.topicAlias)
      throw new MalformedPacket("Topic Alias 0 [MQTT-3.3.2-8]", REASON.topicAliasInvalid);
    throw new MalformedPacket(`${property.name} is 0`, REASON.protocolError);
  }
  switch (property.id) {
    case PROPERTY.messageExpiry:
      found.messageExpiryS = value;
      return;
    case PROPERTY.subscriptionId:
      found.subscriptionId = value;
      return;
    case PROPERTY.sessionExpiry:
      found.sessionExpiryS = value;
      return;
    case PROPERTY.willDelay:
      found.willDelayS = value;
      return;
    case PROPERTY.receiveMaximum:
      found.receiveMaximum = value;
      return;
    case PROPERTY.topicAliasMaximum:
      found.topicAliasMaximum = value;
      return;
    case PROPERTY.topicAlias:
      found.topicAlias = value;
      return;
    case PROPERTY.maximumPacketSize:
      found.maxPacketBytes = value;
      return;
    case PROPERTY.requestProblemInformation:
      found.requestProblemInformation = value;
  }
}

/** [MQTT-3.3.2-4, -15, -16, -17, -20]: sent on unaltered. */
function isPassedOn(id: number): boolean {
  return (
    id === PROPERTY.userProperty ||
    id === PROPERTY.payloadFormat ||
    id === PROPERTY.contentType ||
    id === PROPERTY.responseTopic ||
    id === PROPERTY.correlationData
  );
}

const joined = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  left.length === 0 ? right : Buffer.concat([left, right]);
