/** Topics of Sparkplug B, `spBv1.0/<group>/<type>/<edge>[/<device>]` → what a message is and whom it is about. [Sparkplug 3.0, 4.1] */
import type { DeviceId } from "../../contract/readings.ts";
import { deviceIdOf } from "../payload/names.ts";

/** Of messages that are about a device; all others are of no device. */
export type MessageType = (typeof TYPES)[number];

const TYPES = ["NBIRTH", "NDATA", "NDEATH", "DBIRTH", "DDATA", "DDEATH"] as const;
const COMMANDS: ReadonlySet<string> = new Set(["NCMD", "DCMD"]);
const ROOT = "spBv1.0/";

export interface SparkplugAddress {
  readonly type: MessageType;
  /** The edge node, or the device behind it. */
  readonly deviceId: DeviceId;
  /** As it is called in the topic. */
  readonly name: string;
  readonly nodeId: DeviceId;
  /** Where the edge node takes commands. */
  readonly commandTopic: string;
}

/** `commands`: of Sparkplug, and nothing that a device reports. Undefined: the topic is not of Sparkplug. */
export function sparkplugAddressOf(topic: string): SparkplugAddress | "commands" | undefined {
  if (!topic.startsWith(ROOT)) return undefined;
  const [group, type, edge, device, more] = topic.slice(ROOT.length).split("/");
  if (group === "STATE") return type !== undefined && edge === undefined ? "commands" : undefined;
  if (group === undefined || group === "" || edge === undefined || edge === "" || more !== undefined) return undefined;
  if (type !== undefined && COMMANDS.has(type)) return "commands";
  const found = TYPES.find((each) => each === type);
  if (found === undefined || device === "" || found.startsWith("D") !== (device !== undefined)) return undefined;
  const nodeId = deviceIdOf("sparkplug", group, edge);
  const deviceId = device === undefined ? nodeId : deviceIdOf("sparkplug", group, edge, device);
  return { type: found, deviceId, name: device ?? edge, nodeId, commandTopic: `${ROOT}${group}/NCMD/${edge}` };
}
