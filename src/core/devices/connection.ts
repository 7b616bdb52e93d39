/** What the registry has to know of a client's connection to decide presence. */
import type { MqttVersion } from "../../contract/refusals.ts";

export interface Connection {
  readonly clientId: string;
  /** The client id and the user name of its CONNECT: a device that is called so counts as the client itself. */
  readonly names?: readonly string[];
  /** Grows with each connection. After a take-over, the late will comes from the connection with the smaller number. */
  readonly serial: number;
  readonly mqttVersion?: MqttVersion;
}
