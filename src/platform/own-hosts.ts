/** The names and addresses by which this machine is reached. Resolves nothing. */
import { hostname, networkInterfaces } from "node:os";

export function ownHosts(): string[] {
  const name = hostname();
  const short = name.split(".")[0] ?? name;
  const addresses = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
  return ["localhost", "127.0.0.1", "::1", name, short, `${short}.local`, ...addresses];
}
