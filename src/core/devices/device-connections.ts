/** Over which open connections the messages of each device come. */
import type { Connection } from "./connection.ts";
import type { DeviceEntry, OpenConnection } from "./device-entry.ts";

export interface DeviceConnections {
  /** A message of the device came over the connection. */
  join(entry: DeviceEntry, connection: Connection): void;
  /** The device speaks through a newer connection already: after a take-over, the late will comes from the older one. */
  isOutdated(entry: DeviceEntry, connection: Connection): boolean;
  close(connection: Connection): void;
}

/** `onChange`: the number of connections that count for this device may have changed. */
export function createDeviceConnections(onChange: (entry: DeviceEntry) => void): DeviceConnections {
  const open = new Map<Connection, OpenConnection>();
  const closed = new WeakSet<Connection>();
  /** The newest connection of each client id. */
  const newest = new Map<string, Connection>();

  function join(entry: DeviceEntry, connection: Connection): void {
    // A board that publishes and disconnects is gone before its message is durable.
    const known = open.get(connection);
    if (closed.has(connection) || (known !== undefined && entry.connections.has(known))) return;
    const latest = newest.get(connection.clientId);
    if (latest === undefined || latest.serial < connection.serial) newest.set(connection.clientId, connection);
    const joined = known ?? { connection, entries: new Set<DeviceEntry>() };
    if (known === undefined) open.set(connection, joined);
    joined.entries.add(entry);
    entry.connections.add(joined);
    // It turns out to be a gateway: that it is connected says nothing about its first device any more.
    if (joined.entries.size === 2) for (const other of joined.entries) if (other !== entry) onChange(other);
  }

  function close(connection: Connection): void {
    closed.add(connection);
    if (newest.get(connection.clientId) === connection) newest.delete(connection.clientId);
    const former = open.get(connection);
    if (former === undefined) return;
    open.delete(connection);
    for (const entry of former.entries) {
      entry.connections.delete(former);
      onChange(entry);
    }
  }

  return {
    join,
    isOutdated: (entry, connection) => {
      for (const other of entry.connections) if (other.connection.serial > connection.serial) return true;
      return (newest.get(connection.clientId)?.serial ?? 0) > connection.serial;
    },
    close,
  };
}

/** Connections that carry this device only, or that have its name. That a gateway is connected says nothing about its devices. */
export function connectionsOf({ deviceId, connections }: DeviceEntry): number {
  let count = 0;
  for (const { connection, entries } of connections) {
    if (entries.size === 1 || connection.clientId === deviceId || connection.names?.includes(deviceId)) count++;
  }
  return count;
}
