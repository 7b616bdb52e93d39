/** The MQTT clients that are connected: what the hub is asked and answers about them. */
import { z } from "zod";
import { isoInstant } from "../readings.ts";
import { MQTT_VERSIONS } from "../refusals.ts";

/** Of one answer. */
export const MOST_CLIENTS = 200;

export const clientsQuery = z.strictObject({
  search: z.string().max(200).describe("Part of the client id, of its credential's name or of the address").optional(),
  limit: z.coerce.number().int().min(1).max(MOST_CLIENTS).default(100),
  cursor: z.string().max(4_000).describe("The `nextCursor` of the page before").optional(),
});
export type ClientsQuery = z.infer<typeof clientsQuery>;

const count = z.int().min(0);

export const connectedClient = z
  .strictObject({
    id: z.string().describe("Of its session: `<credential>/<client id>` where the two differ"),
    via: z
      .string()
      .describe("The board or application with whose credential it is logged in, where `id` begins with it")
      .exactOptional(),
    address: z.string().exactOptional(),
    mqttVersion: z.enum(Object.values(MQTT_VERSIONS)).exactOptional(),
    connectedAt: isoInstant,
    inFlight: count.describe("Messages to it that wait for its acknowledgement or for their turn"),
    subscriptions: count,
    takeOvers: count.describe("How often a client with this id replaced another one in the last minute"),
    inPerS: z.number().min(0).describe("Messages a second from it, over the last 5 to 10 seconds"),
    outPerS: z.number().min(0).describe("Messages a second to it, over the last 5 to 10 seconds"),
    bytesIn: count.describe("From it since it connected, with all packets"),
    bytesOut: count.describe("To it since it connected, with all packets"),
  })
  .describe("An MQTT client that is connected");
export type ConnectedClient = z.infer<typeof connectedClient>;

export const clientsAnswer = z.strictObject({
  clients: z.array(connectedClient).describe("By id"),
  total: count.describe("How many match"),
  nextCursor: z.string().nullable(),
});
export type ClientsAnswer = z.infer<typeof clientsAnswer>;
