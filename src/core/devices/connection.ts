/** What the registry has to know of a client's connection to decide presence. */
import type { MqttVersion } from "../../contract/refusals.ts";
import type { MqttIdentity } from "../access/mqtt-access.ts";

export interface Connection {
  /** Whose credential it has; undefined: not known any more, such as of a last will that was kept through a restart. */
  readonly who?: MqttIdentity;
  readonly clientId: string;
  /** The client id and the user name of its CONNECT, and its credential's device: a device that is called so counts as the client itself. */
  readonly names?: readonly string[];
  /** Of its CONNECT; where there are accounts, undefined if there was no password: it may be the secret. */
  readonly userName?: string | undefined;
  /** Grows with each connection. After a take-over, the late will comes from the connection with the smaller number. */
  readonly serial: number;
  readonly mqttVersion?: MqttVersion;
}
