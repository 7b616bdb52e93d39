/** What a receiver was told of alerts, held against the alert log. */
import type { AlertEvent } from "../../../src/contract/alerts.ts";
import type { KeepingReceiver, ReceivedEntry } from "./keeping-receiver.ts";

/** What is wrong with what this receiver was told, by what the log has of each of these alerts: each transition once, none before its firing. */
export function faultsOf(receiver: KeepingReceiver, events: ReadonlyMap<string, readonly AlertEvent[]>): string[] {
  const said = saidBy(receiver);
  const ofAlerts = [...events].flatMap(([alertId, all]) =>
    faultsIn(said.get(alertId) ?? [], all).map((fault) => `${alertId}: ${fault}`),
  );
  return [...receiver.faults, ...ofAlerts];
}

/** Alert → what was said of it, in order. */
export function saidBy({ messages }: KeepingReceiver): Map<string, ReceivedEntry[]> {
  const said = new Map<string, ReceivedEntry[]>();
  for (const entry of messages.flatMap(({ entries }) => entries)) {
    said.set(entry.alertId, [...(said.get(entry.alertId) ?? []), entry]);
  }
  return said;
}

const timesIn = ({ text }: ReceivedEntry): number => Number(/It happened (\d+) times/.exec(text)?.[1] ?? 1);

function faultsIn(entries: readonly ReceivedEntry[], events: readonly AlertEvent[]): string[] {
  const faults: string[] = [];
  let fires = false;
  let episodes = 0;
  const known = new Set<string>();
  for (const entry of entries) {
    const { kind, at } = entry;
    if (known.has(`${kind} ${at}`) && kind !== "repeated") faults.push(`${kind} of ${at} came under two keys`);
    known.add(`${kind} ${at}`);
    if (kind === "noData" || kind === "dataAgain") continue;
    if (kind === "firing" && fires) faults.push(`fires twice at ${at}`);
    if (kind === "resolved" && !fires) faults.push(`over at ${at}, and did not fire`);
    if (kind === "firing" || kind === "passed") episodes += timesIn(entry);
    fires = kind === "firing" || (kind === "repeated" && fires);
  }
  const fired = events.filter(({ kind }) => kind === "firing").length;
  if (episodes !== fired) faults.push(`${episodes} episodes instead of ${fired}`);
  if (fires !== (events.at(-1)?.kind === "firing")) faults.push("what came last is not how it is");
  return faults;
}
