/** `aerie certificate`: makes a self-signed certificate with its key, and prints its fingerprints. */

import { existsSync } from "node:fs";
import { isIP } from "node:net";
import path from "node:path";
import { DAY_MS } from "../../core/model/utc-day.ts";
import { makeFolder, removeLeftovers, replaceFiles } from "../../files/durable-file.ts";
import { fileFault } from "../../files/file-fault.ts";
import { ownHosts } from "../../platform/own-hosts.ts";
import { CommandFault } from "../shared/command-fault.ts";
import type { CommandWorld } from "../shared/command-world.ts";

export interface CertificateOptions {
  /** Further names and addresses, separated by commas. */
  readonly names?: string;
  readonly days: number;
  /** Replace the certificate that is there. */
  readonly replace?: true;
}

/** A board's clock may be behind. */
const BACKDATED_MS = DAY_MS;
const isHost = (text: string): boolean => isIP(text) !== 0 || /^[A-Za-z0-9._-]{1,253}$/.test(text);

export async function certificateCommand(options: CertificateOptions, world: CommandWorld): Promise<number> {
  const { names = "", days, replace } = options;
  const { config, clock, say } = world;
  const more = names.split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()]));
  const wrong = more.find((name) => !isHost(name));
  if (wrong !== undefined)
    throw new CommandFault(`aerie certificate --names: ${wrong} is not a host name or IP address`, 2);
  const hosts = [...new Set([...ownHosts(), ...config.hostNames, ...more])].filter(isHost);
  const dir = path.join(config.dataDir, "tls");
  const [certFile, keyFile] = [path.join(dir, "hub.pem"), path.join(dir, "hub.key")];
  if (replace !== true && (existsSync(certFile) || existsSync(keyFile))) {
    throw new CommandFault(
      `There is already a certificate in ${dir}, and boards may trust only this one. To replace it, use --replace, and give the boards the new fingerprint.`,
    );
  }
  const { makeSelfMade } = await import("../../platform/self-made-certificate.ts"); // no other command needs it
  const nowMs = clock.nowMs();
  const made = makeSelfMade({ hosts, fromMs: nowMs - BACKDATED_MS, toMs: nowMs + days * DAY_MS });
  try {
    makeFolder(dir);
    removeLeftovers([keyFile, certFile]);
    await replaceFiles([
      { file: keyFile, content: made.key },
      { file: certFile, content: made.cert, mode: 0o644 },
    ]);
  } catch (cause) {
    throw new CommandFault(`No certificate was made: ${fileFault(cause)}`);
  }
  say(`The certificate is valid for ${days} days, for ${hosts.join(", ")}. Start the hub with:`);
  say(`  AERIE_TLS_CERT=${certFile} AERIE_TLS_KEY=${keyFile}`);
  say("Browsers ask once whether to trust it. For boards that check the certificate by its fingerprint:");
  process.stdout.write(`SHA-256 ${made.sha256}\nSHA-1   ${made.sha1}\n`);
  return 0;
}
