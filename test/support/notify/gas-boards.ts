/** Boards whose gas goes up and down, and which transitions of its alert the stored readings imply, by a plain pass over them. */
import { connectRaw } from "../clients/raw-client.ts";
import type { HubAddress } from "../hub/hub.ts";
import { idOf, PUBACK } from "../packets/packets.ts";

/** Of the rule. */
export const GAS_ALERT = { kind: "above", metric: "gas", threshold: 50, clear: 40 } as const;

export interface GasBoards {
  /** Device → values whose reading was acknowledged. */
  readonly acknowledged: ReadonlyMap<string, readonly number[]>;
  /** Over a connection of its own. */
  connect(hub: HubAddress): Promise<ConnectedBoards>;
}

export interface ConnectedBoards {
  /** One reading of the device: above the threshold or below it, mostly the other than before, sometimes between both. */
  publish(deviceId: string): void;
  /** Above it. */
  publishHigh(deviceId: string): void;
  /** Everything that was published is acknowledged. */
  isSettled(): boolean;
}

const EVERY_VALUE_ONCE = 1_000_000;

export function createGasBoards(): GasBoards {
  const acknowledged = new Map<string, number[]>();
  const isHigh = new Map<string, boolean>();
  let published = 0;

  const below = (low: number, high: number): number => low + Math.floor(Math.random() * (high - low));

  function gasOf(deviceId: string): number {
    const chance = Math.random();
    if (chance < 0.1) return below(GAS_ALERT.clear + 1, GAS_ALERT.threshold);
    const goesHigh = chance < 0.2 ? isHigh.get(deviceId) === true : isHigh.get(deviceId) !== true;
    isHigh.set(deviceId, goesHigh);
    return goesHigh ? below(GAS_ALERT.threshold + 1, 90) : below(1, GAS_ALERT.clear);
  }

  async function connect(hub: HubAddress): Promise<ConnectedBoards> {
    const client = await connectRaw(hub, { clientId: "boards" });
    const underWay = new Map<number, { deviceId: string; gas: number }>();
    client.onPacket((packet) => {
      if (packet.type !== PUBACK) return;
      const reading = underWay.get(idOf(packet));
      if (reading === undefined) return;
      underWay.delete(idOf(packet));
      const { deviceId, gas } = reading;
      acknowledged.set(deviceId, [...(acknowledged.get(deviceId) ?? []), gas]);
    });

    function send(deviceId: string, wholeGas: number): void {
      // The value names its reading: an event of the log has the value by which it was decided.
      const gas = wholeGas + ++published / EVERY_VALUE_ONCE;
      const packetId = (published % 60_000) + 1;
      underWay.set(packetId, { deviceId, gas });
      client.publish({ topic: `devices/${deviceId}/telemetry`, payload: JSON.stringify({ gas }), qos: 1, packetId });
    }

    return {
      publish: (deviceId) => send(deviceId, gasOf(deviceId)),
      publishHigh: (deviceId) => send(deviceId, GAS_ALERT.threshold + 1),
      isSettled: () => underWay.size === 0,
    };
  }

  return { acknowledged, connect };
}

export interface ImpliedTransition {
  readonly kind: "firing" | "resolved";
  readonly value: number;
}

/** Of readings in the order in which they came. */
export function impliedTransitions(values: readonly number[]): ImpliedTransition[] {
  const transitions: ImpliedTransition[] = [];
  let fires = false;
  for (const value of values) {
    if (!fires && value > GAS_ALERT.threshold) transitions.push({ kind: "firing", value });
    else if (fires && value <= GAS_ALERT.clear) transitions.push({ kind: "resolved", value });
    else continue;
    fires = !fires;
  }
  return transitions;
}
