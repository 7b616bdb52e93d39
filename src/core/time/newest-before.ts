/** Finds the newest stored reading before an instant, which shows by which clock the hub ran. It reads a few devices, not all. */
import type { Store } from "../ports/readings-store.ts";
import type { StoredDevice } from "../ports/stored-device.ts";

/** Devices queried, those heard last: a device that reports hourly has readings of yesterday. */
const ASKED = 20;

export async function newestBefore(
  store: Pick<Store, "readings">,
  stored: readonly StoredDevice[],
  beforeMs: number,
): Promise<number | undefined> {
  const heard = stored.flatMap(({ deviceId, lastHeardAtMs }) =>
    lastHeardAtMs === undefined ? [] : [{ deviceId, lastHeardAtMs }],
  );
  const silent = heard.filter(({ lastHeardAtMs }) => lastHeardAtMs < beforeMs);
  const speaking = heard
    .filter(({ lastHeardAtMs }) => lastHeardAtMs >= beforeMs)
    .sort((a, b) => b.lastHeardAtMs - a.lastHeardAtMs)
    .slice(0, ASKED);
  const read = await Promise.all(
    speaking.map(({ deviceId }) =>
      store.readings({ deviceId, fromMs: 0, toMs: beforeMs, limit: 1, order: "desc", behind: undefined }),
    ),
  );
  const instants = [...silent.map(({ lastHeardAtMs }) => lastHeardAtMs), ...read.flat().map(({ atMs }) => atMs)];
  return instants.length === 0 ? undefined : instants.reduce((a, b) => Math.max(a, b));
}

/** When the newest reading was received, epoch ms; 0: none was. (A device may give any instant.) */
export const newestHeardMs = (stored: readonly StoredDevice[]): number =>
  stored.reduce((newest, { lastHeardAtMs }) => Math.max(newest, lastHeardAtMs ?? 0), 0);
