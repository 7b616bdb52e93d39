/** Decodes CONNECT of every version, or answers with a fault. */
import { REASON } from "../../contract/reason-codes.ts";
import { ByteReader, faultOf, MalformedPacket } from "./byte-reader.ts";
import { type ConnectPacket, NEVER_EXPIRES, NO_BYTES, type PacketFault, type Version, type Will } from "./packet.ts";
import { type Properties, readProperties } from "./properties.ts";
import { PACKET } from "./property-table.ts";
import { topicFault } from "./topic-rules.ts";

/** In the protocol level: the client is another broker (Mosquitto's `try_private`, RSMB). Of 3.1 and 3.1.1; 5 has options of its own. */
const BRIDGE = 0x80;
const CLEAN = 0x02;
const WILL = 0x04;
const WILL_RETAIN = 0x20;
const PASSWORD = 0x40;
const USER_NAME = 0x80;

/**
 * One whole packet: `first` is the first byte of its fixed header, bytes[from, to) what follows the remaining length.
 * Never throws. A fault has the version that was announced, 4 for an unknown level, or none if the protocol
 * is another one (or the packet another than CONNECT): then no answer would be understood.
 */
export function decodeConnect(first: number, bytes: Buffer, from: number, to: number): ConnectPacket | PacketFault {
  let version: Version | undefined;
  try {
    if (first >> 4 !== 1) {
      throw new MalformedPacket("the first packet is not CONNECT [MQTT-3.1.0-1]", REASON.protocolError);
    }
    const reader = new ByteReader(bytes, from, to);
    const name = reader.text();
    if (name !== "MQTT" && name !== "MQIsdp") {
      throw new MalformedPacket("the protocol name is not MQTT [MQTT-3.1.2-1]", REASON.unsupportedProtocolVersion);
    }
    const said = reader.u8();
    const isBridge = said === (BRIDGE | 3) || said === (BRIDGE | 4);
    version = versionOf(name, isBridge ? said & ~BRIDGE : said);
    if (version === undefined) {
      version = 4; // its CONNACK has return code 1 for this
      throw new MalformedPacket(`protocol level ${said} of ${name} [MQTT-3.1.2-2]`, REASON.unsupportedProtocolVersion);
    }
    if ((first & 0x0f) !== 0) {
      throw new MalformedPacket("wrong flags in the fixed header of CONNECT [MQTT-2.2.2-2] (5: [MQTT-2.1.3-1])");
    }
    return readConnect(reader, version, isBridge);
  } catch (error) {
    return faultOf(error, version);
  }
}

function versionOf(name: string, level: number): Version | undefined {
  if (name === "MQIsdp") return level === 3 ? 3 : undefined;
  return level === 4 || level === 5 ? level : undefined;
}

function readConnect(reader: ByteReader, version: Version, isBridge: boolean): ConnectPacket {
  const flags = reader.u8();
  checkFlags(flags, version);
  const clean = (flags & CLEAN) !== 0;
  const keepAliveS = reader.u16();
  const properties = version === 5 ? readProperties(reader, PACKET.connect) : undefined;
  const clientId = reader.text();
  const will = (flags & WILL) === 0 ? undefined : readWill(reader, flags, version);
  // MQTT 3.1: the length takes precedence over these two flags, which may be set with nothing behind them. [3.1]
  const userName = (flags & USER_NAME) === 0 || isCutShort(reader, version) ? undefined : reader.text();
  const password = (flags & PASSWORD) === 0 || isCutShort(reader, version) ? undefined : reader.binary();
  reader.expectEnd("CONNECT");
  checkClientId(clientId, clean, version);
  return {
    type: "connect",
    version,
    isBridge,
    clientId,
    clean,
    keepAliveS,
    userName,
    password,
    will,
    sessionExpiryS: sessionExpiryOf(properties, clean),
    receiveMaximum: properties?.receiveMaximum ?? 0xffff,
    maxPacketBytes: properties?.maxPacketBytes,
    topicAliasMaximum: properties?.topicAliasMaximum ?? 0,
    wantsProblemInformation: properties?.requestProblemInformation !== 0,
    authMethod: properties?.authMethod,
  };
}

function checkFlags(flags: number, version: Version): void {
  if ((flags & 0x01) !== 0) throw new MalformedPacket("the reserved flag is set [MQTT-3.1.2-3]");
  const willQos = (flags >> 3) & 0x03;
  if ((flags & WILL) !== 0) {
    if (willQos === 3) throw new MalformedPacket("will QoS 3 [MQTT-3.1.2-14] (5: [MQTT-3.1.2-12])");
  } else if (version !== 3) {
    // MQTT 3.1 disregards both without a will. [3.1]
    if (willQos !== 0) throw new MalformedPacket("will QoS without a will [MQTT-3.1.2-13] (5: [MQTT-3.1.2-11])");
    if ((flags & WILL_RETAIN) !== 0) {
      throw new MalformedPacket("will retain without a will [MQTT-3.1.2-15] (5: [MQTT-3.1.2-13])");
    }
  }
  if (version !== 5 && (flags & PASSWORD) !== 0 && (flags & USER_NAME) === 0) {
    throw new MalformedPacket("a password without a user name [MQTT-3.1.2-22]");
  }
}

/** The will lives as long as the connection: its bytes are copied, so as not to hold all that came with them. */
function readWill(reader: ByteReader, flags: number, version: Version): Will {
  const properties = version === 5 ? readProperties(reader, PACKET.will) : undefined;
  const topic = reader.text();
  const reason = topicFault(topic);
  if (reason !== undefined) throw new MalformedPacket(`will topic: ${reason}`, REASON.topicNameInvalid);
  const payload = reader.binary();
  const qos = (flags >> 3) & 0x03;
  const passedOn = properties?.passedOn ?? NO_BYTES;
  return {
    topic,
    payload: payload.length === 0 ? NO_BYTES : new Uint8Array(payload),
    qos: qos === 2 ? 2 : qos === 1 ? 1 : 0, // 3 is refused above
    retain: (flags & WILL_RETAIN) !== 0,
    expiryS: properties?.messageExpiryS,
    properties: passedOn.length === 0 ? NO_BYTES : new Uint8Array(passedOn),
    delayS: properties?.willDelayS ?? 0,
  };
}

const isCutShort = (reader: ByteReader, version: Version): boolean => version === 3 && reader.left === 0;

/** An empty client identifier: 5 has one assigned, 3.1.1 for a clean session only, 3.1 never. */
function checkClientId(clientId: string, clean: boolean, version: Version): void {
  if (clientId !== "" || version === 5 || (version === 4 && clean)) return;
  const clause = version === 4 ? "[MQTT-3.1.3-8]" : "[MQTT 3.1, 3.1]";
  throw new MalformedPacket(`an empty client identifier ${clause}`, REASON.clientIdNotValid);
}

function sessionExpiryOf(properties: Readonly<Properties> | undefined, clean: boolean): number {
  if (properties !== undefined) return properties.sessionExpiryS ?? 0;
  return clean ? 0 : NEVER_EXPIRES;
}
