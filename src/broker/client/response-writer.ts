/** Writes the hub's answers to a client, for its MQTT version and within its maximum packet size. */
import { FIRST_ERROR, reasonName } from "../../contract/reason-codes.ts";
import { encodeAck } from "../packets/encode.ts";
import {
  type Connack,
  encodeConnack,
  encodeDisconnect,
  encodeSuback,
  encodeUnsuback,
  PINGRESP,
} from "../packets/encode-answers.ts";
import type { AckType, ConnectPacket, Version } from "../packets/packet.ts";
import type { Connection } from "../transport/connection.ts";

/** From CONNECT, as far as it could be read. */
export type ResponseOptions = Pick<ConnectPacket, "version"> &
  Partial<Pick<ConnectPacket, "maxPacketBytes" | "wantsProblemInformation">>;

export class ResponseWriter {
  readonly version: Version;
  readonly #connection: Connection;
  readonly #maxPacketBytes: number;
  readonly #wantsReasons: boolean;

  constructor(connection: Connection, { version, maxPacketBytes, wantsProblemInformation }: ResponseOptions) {
    this.#connection = connection;
    this.version = version;
    this.#maxPacketBytes = maxPacketBytes ?? Number.POSITIVE_INFINITY;
    this.#wantsReasons = version === 5 && wantsProblemInformation !== false;
  }

  connack({ reasonString, ...answer }: Omit<Connack, "version">): void {
    const { version } = this;
    this.#send(reasonString, (why) => encodeConnack({ version, ...answer, reasonString: why }));
  }

  acknowledge(type: AckType, packetId: number, reasonCode: number): void {
    const { version } = this;
    if (reasonCode < FIRST_ERROR) this.#connection.send(encodeAck(type, packetId, reasonCode, version));
    else this.#send(reasonName(reasonCode), (why) => encodeAck(type, packetId, reasonCode, version, why));
  }

  suback(packetId: number, reasonCodes: readonly number[]): void {
    const refused = reasonCodes.find((code) => code >= FIRST_ERROR);
    const why = refused === undefined ? undefined : reasonName(refused);
    this.#send(why, (reasonString) => encodeSuback(packetId, reasonCodes, this.version, reasonString));
  }

  unsuback(packetId: number, reasonCodes: readonly number[]): void {
    this.#connection.send(encodeUnsuback(packetId, reasonCodes, this.version));
  }

  pingresp(): void {
    this.#connection.send(PINGRESP);
  }

  /** DISCONNECT, which 3.x does not have from a server. */
  disconnect(reasonCode: number, detail: string | undefined): void {
    if (this.version === 5) this.#send(detail, (why) => encodeDisconnect(reasonCode, why));
  }

  /** The reason in words, where the client wants them and takes a packet of that size. [MQTT-3.1.2-29, -3.4.2-2 …] */
  #send(reasonString: string | undefined, encode: (reasonString: string | undefined) => Buffer): void {
    const encoded = encode(this.#wantsReasons ? reasonString : undefined);
    const fits = reasonString === undefined || encoded.length <= this.#maxPacketBytes;
    this.#connection.send(fits ? encoded : encode(undefined));
  }
}
