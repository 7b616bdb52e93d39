/** Reads certificate and key from their files, and again when these change. */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { messageOf } from "../core/model/message-of.ts";
import { StartError } from "../core/model/start-error.ts";
import { DAY_MS } from "../core/model/utc-day.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Log } from "../core/ports/log.ts";
import type { TlsContext, TlsSource } from "../core/ports/tls.ts";

export interface TlsFilesOptions {
  readonly certFile: string;
  readonly keyFile: string;
  /** Answers make browsers use HTTPS only. */
  readonly hsts: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

export interface TlsFiles extends TlsSource {
  /** For the owner; undefined: it is in order. */
  problem(): string | undefined;
  close(): Promise<void>;
}

/** A renewed certificate is used within this time; open connections stay. */
const LOOK_EVERY_MS = 2_000;
const WARN_BEFORE_MS = 14 * DAY_MS;
const NO_KEY = "is not a private key in PEM, or it has a passphrase (remove it: openssl pkey -in … -out …)";

/** Rejects with a StartError that says what is wrong with which file. */
export async function openTlsFiles({ certFile, keyFile, hsts, clock, log }: TlsFilesOptions): Promise<TlsFiles> {
  let { context, endsMs } = await read().catch((cause: unknown) => {
    throw new StartError(messageOf(cause), 2, cause);
  });
  let failure: string | undefined;
  let looking: Promise<void> | undefined;
  const takers: ((context: TlsContext) => void)[] = [];
  const stop = clock.every(LOOK_EVERY_MS, () => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
  });

  async function read(): Promise<{ context: TlsContext; endsMs: number }> {
    const [cert, key] = await Promise.all([
      readFile(certFile, "utf8").catch((cause: unknown) => {
        throw new Error(`AERIE_TLS_CERT: ${certFile} cannot be read (${messageOf(cause)})`);
      }),
      readFile(keyFile, "utf8").catch((cause: unknown) => {
        throw new Error(`AERIE_TLS_KEY: ${keyFile} cannot be read (${messageOf(cause)})`);
      }),
    ]);
    return { context: { cert, key }, endsMs: endOf(cert, key) };
  }

  function endOf(cert: string, key: string): number {
    const certificate = parsed(
      "AERIE_TLS_CERT",
      certFile,
      "holds no certificate in PEM",
      () => new X509Certificate(cert),
    );
    const privateKey = parsed("AERIE_TLS_KEY", keyFile, NO_KEY, () => createPrivateKey(key));
    if (!certificate.checkPrivateKey(privateKey)) {
      throw new Error(`AERIE_TLS_KEY: ${keyFile} is not the key of the certificate in ${certFile}`);
    }
    if (hsts && certificate.checkIssued(certificate)) {
      throw new Error(
        `AERIE_HSTS: ${certFile} is self-made, and browsers that do not trust it would be locked out for good: set AERIE_HSTS=off`,
      );
    }
    return Date.parse(certificate.validTo);
  }

  /** While the files are being replaced they may not match: the former certificate stays in use. */
  async function look(): Promise<void> {
    try {
      const next = await read();
      failure = undefined;
      if (next.context.cert === context.cert && next.context.key === context.key) return;
      ({ context, endsMs } = next);
      for (const take of takers) take(context);
      log.info("certificate renewed", { validTo: new Date(endsMs).toISOString() });
    } catch (cause) {
      if (failure === undefined) log.warn("the new certificate is not used", { cause });
      failure = messageOf(cause);
    }
  }

  function problem(): string | undefined {
    const leftMs = endsMs - clock.nowMs();
    if (leftMs <= 0) return `The certificate in ${certFile} has expired: clients refuse the hub until it is renewed`;
    if (leftMs < WARN_BEFORE_MS) return `The certificate in ${certFile} expires in ${Math.ceil(leftMs / DAY_MS)} days`;
    return failure === undefined
      ? undefined
      : `The new certificate is not used, the former one stays in use: ${failure}`;
  }

  return {
    context: () => context,
    onChange: (take) => void takers.push(take),
    problem,
    close: async () => {
      stop();
      await looking;
    },
  };
}

function parsed<T>(setting: string, file: string, what: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new Error(`${setting}: ${file} ${what}`); // the parser's own words may show parts of a key
  }
}
