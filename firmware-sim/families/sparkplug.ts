/** An edge node of Sparkplug B with devices: births, aliases, deaths, rebirths. Specification 3.0, chapters 5 and 6 */
import type { SimulatedDevice, SimulatedFamily } from "./family.ts";
import { asksForRebirth, type SparkplugMetric, sparkplugPayload } from "./sparkplug-payload.ts";

const GROUP = "Plant 1";
const EDGE = "Line A";
const METRICS = ["Inputs/Temperature", "Inputs/Humidity", "Outputs/Pump"] as const;

export const SPARKPLUG: SimulatedFamily = {
  about: "a Sparkplug B edge node with devices: spBv1.0/<group>/DDATA/<node>/<device>",
  isBridge: true,
  create: ({ devices, now, send }) => {
    const bdSeq = Math.floor(now() / 1_000) % 256;
    let seq = 0;
    const topicOf = (kind: string, device?: SimulatedDevice): string =>
      `spBv1.0/${GROUP}/${kind}/${EDGE}${device === undefined ? "" : `/Press ${device.number}`}`;
    const bdSeqMetric: SparkplugMetric = { name: "bdSeq", value: { type: "int64", value: bdSeq } };

    function say(kind: string, metrics: readonly SparkplugMetric[], device?: SimulatedDevice, readings = 0): void {
      const payload = sparkplugPayload(now(), metrics, seq);
      seq = (seq + 1) % 256;
      send({ topic: topicOf(kind, device), payload, qos: 0, ...(readings > 0 && { readings }) });
    }

    const valuesOf = (device: SimulatedDevice): readonly SparkplugMetric["value"][] => {
      const { temperature, humidity, co2 } = device.sense();
      return [
        { type: "double", value: temperature },
        { type: "double", value: humidity },
        { type: "boolean", value: co2 > 700 },
      ];
    };

    function birth(): void {
      seq = 0;
      const rebirth: SparkplugMetric = { name: "Node Control/Rebirth", value: { type: "boolean", value: false } };
      const model: SparkplugMetric = { name: "Properties/Hardware Model", value: { type: "string", value: "Edge 4" } };
      say("NBIRTH", [bdSeqMetric, rebirth, model]);
      for (const device of devices) {
        const metrics = valuesOf(device).map((value, index) => ({
          name: METRICS[index] ?? "",
          alias: index + 1,
          value,
        }));
        say("DBIRTH", metrics, device, 1);
      }
    }

    return {
      clientId: "sparkplug-line-a",
      keepAliveSeconds: 30,
      will: { topic: topicOf("NDEATH"), payload: sparkplugPayload(now(), [bdSeqMetric]), qos: 1, retain: false },
      subscriptions: [`spBv1.0/${GROUP}/NCMD/${EDGE}`, `spBv1.0/${GROUP}/DCMD/${EDGE}/+`, "spBv1.0/STATE/+"],
      opened: birth,
      tick: () => {
        for (const device of devices) {
          say(
            "DDATA",
            valuesOf(device).map((value, index) => ({ alias: index + 1, value })),
            device,
            1,
          );
        }
      },
      received: (topic, payload) => {
        if (topic.includes("/NCMD/") && asksForRebirth(payload)) birth();
      },
      leaving: () => send({ topic: topicOf("NDEATH"), payload: sparkplugPayload(now(), [bdSeqMetric]), qos: 1 }),
    };
  },
};
