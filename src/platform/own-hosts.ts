/** The names and addresses by which this machine is reached. Resolves nothing. */
import { hostname, networkInterfaces } from "node:os";

export function ownHosts(): string[] {
  const name = hostname();
  const short = name.split(".")[0] ?? name;
  return [
    "localhost",
    "127.0.0.1",
    "::1",
    name,
    short,
    `${short}.local`,
    ...interfaces().map(({ address }) => address),
  ];
}

/** Those that others reach it by, and loopback; without link-local ones, which say nothing without a zone. */
export const ownAddresses = (): string[] => [
  "127.0.0.1",
  ...interfaces()
    .filter(({ internal, address }) => !internal && !address.startsWith("fe80:"))
    .map(({ address }) => address),
];

const interfaces = () => Object.values(networkInterfaces()).flatMap((list) => list ?? []);
