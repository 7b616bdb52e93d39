/** mosquitto_sub and mosquitto_pub as a kind of client; each publish is a run of its own. */
import { type ClientKind, type ClientWish, VERSION_NAMES } from "./client-kind.ts";
import { mosquittoSub, mosquittoVisit } from "./mosquitto-sub.ts";
import { mosquittoPub } from "./mqtt-clients.ts";

const NAMES = { 3: "mqttv31", 4: "mqttv311", 5: "mqttv5" } as const;

export function mosquittoKind(version: 3 | 4 | 5): ClientKind {
  const speak = ["-V", NAMES[version]];
  return {
    name: `mosquitto_sub and mosquitto_pub, ${VERSION_NAMES[version]}`,
    version,
    connect: async (hub, wish) => {
      const sub = await mosquittoSub(hub, ...speak, ...flagsOf(wish));
      return {
        received: sub.received,
        sessionPresent: undefined,
        publish: async (topic, payload, { qos, retain = false }) => {
          const message = payload === "" ? ["-n"] : ["-m", payload];
          await mosquittoPub(hub, ...speak, "-t", topic, ...message, "-q", String(qos), ...(retain ? ["-r"] : []));
        },
        vanish: () => sub.kill("SIGKILL"),
      };
    },
    visit: (hub, wish) => mosquittoVisit(hub, ...speak, ...flagsOf(wish)),
  };
}

function flagsOf({ clientId, keep = false, will, filters = [] }: ClientWish): string[] {
  // It insists on a filter, and has one QoS for all.
  const wished = filters.length > 0 ? filters : [{ filter: `unused/${clientId}`, qos: 0 }];
  const qos = Math.max(...wished.map((each) => each.qos));
  const willFlags =
    will === undefined
      ? []
      : ["--will-topic", will.topic, "--will-payload", will.payload, "--will-qos", String(will.qos)];
  return [
    ...["-i", clientId, "-q", String(qos)],
    ...wished.flatMap(({ filter }) => ["-t", filter]),
    ...(keep ? ["-c"] : []),
    ...willFlags,
    ...(will?.retain === true ? ["--will-retain"] : []),
  ];
}
