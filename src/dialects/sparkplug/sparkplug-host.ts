/** Tells Sparkplug edge nodes, which may wait for their host application, that the hub is there. [Sparkplug 3.0, 6.4.27] */
import type { Clock } from "../../core/ports/clock.ts";

export interface SparkplugHostOptions {
  /** Empty: nothing is said. */
  readonly hostId: string;
  readonly publish: (topic: string, payload: Uint8Array, how: { readonly qos: 1; readonly retain: true }) => void;
  readonly clock: Pick<Clock, "nowMs">;
}

/** Retained, so that an edge node knows it as soon as it subscribes. */
export function announceSparkplugHost({ hostId, publish, clock }: SparkplugHostOptions): { close(): void } {
  const say = (online: boolean): void => {
    if (hostId === "") return;
    const state = new TextEncoder().encode(JSON.stringify({ online, timestamp: clock.nowMs() }));
    publish(`spBv1.0/STATE/${hostId}`, state, { qos: 1, retain: true });
  };
  say(true);
  return { close: () => say(false) };
}
