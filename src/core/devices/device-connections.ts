/** Over which open connections the messages of each device come. */
import type { Connection } from "./connection.ts";
import type { DeviceEntry, OpenConnection } from "./device-entry.ts";

export interface DeviceConnections {
  /** A message of the device came over the connection. False: it is closed already. */
  join(entry: DeviceEntry, connection: Connection): boolean;
  isClosed(connection: Connection): boolean;
  /** It carries this device only, or it has its name. */
  isOwn(entry: DeviceEntry, connection: Connection): boolean;
  /** The device speaks through a newer connection already: after a take-over, the late will comes from the older one. */
  isOutdated(entry: DeviceEntry, connection: Connection): boolean;
  close(connection: Connection): void;
}

export interface DeviceConnectionsOptions {
  /** The number of connections that count for this device may have changed. */
  readonly onChange: (entry: DeviceEntry) => void;
  /** A connection over which it spoke was closed; `onChange` follows. */
  readonly onLeft: (entry: DeviceEntry, connection: Connection, isOwn: boolean) => void;
}

export function createDeviceConnections({ onChange, onLeft }: DeviceConnectionsOptions): DeviceConnections {
  const open = new Map<Connection, OpenConnection>();
  const closed = new WeakSet<Connection>();
  /** The newest connection of each client id. */
  const newest = new Map<string, Connection>();

  function join(entry: DeviceEntry, connection: Connection): boolean {
    // A board that publishes and disconnects is gone before its message is durable.
    if (closed.has(connection)) return false;
    const known = open.get(connection);
    if (known !== undefined && entry.connections.has(known)) return true;
    const latest = newest.get(connection.clientId);
    if (latest === undefined || latest.serial < connection.serial) newest.set(connection.clientId, connection);
    const joined = known ?? { connection, entries: new Set<DeviceEntry>() };
    if (known === undefined) open.set(connection, joined);
    joined.entries.add(entry);
    entry.connections.add(joined);
    // It turns out to be a gateway: that it is connected says nothing about its first device any more.
    if (joined.entries.size === 2) for (const other of joined.entries) if (other !== entry) onChange(other);
    return true;
  }

  function close(connection: Connection): void {
    closed.add(connection);
    if (newest.get(connection.clientId) === connection) newest.delete(connection.clientId);
    const former = open.get(connection);
    if (former === undefined) return;
    open.delete(connection);
    for (const entry of former.entries) {
      const isOwn = countsFor(entry, former);
      entry.connections.delete(former);
      onLeft(entry, connection, isOwn);
      onChange(entry);
    }
  }

  return {
    join,
    isClosed: (connection) => closed.has(connection),
    isOwn: (entry, connection) => {
      const known = open.get(connection);
      return known !== undefined && countsFor(entry, known);
    },
    isOutdated: (entry, connection) => {
      for (const other of entry.connections) if (other.connection.serial > connection.serial) return true;
      return (newest.get(connection.clientId)?.serial ?? 0) > connection.serial;
    },
    close,
  };
}

/** Connections that count for this device. That a gateway is connected says nothing about its devices. */
export function connectionsOf(entry: DeviceEntry): number {
  let count = 0;
  for (const known of entry.connections) if (countsFor(entry, known)) count++;
  return count;
}

/** It carries this device only, or it has its name. */
const countsFor = ({ deviceId }: DeviceEntry, { connection, entries }: OpenConnection): boolean =>
  entries.size === 1 || connection.clientId === deviceId || connection.names?.includes(deviceId) === true;
