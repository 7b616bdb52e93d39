/** A mail server that keeps what it received. */
import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { makeSelfMade, type SelfMade } from "../../../src/platform/self-made-certificate.ts";

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string | undefined;
  readonly isSecure: boolean;
  /** Headers and body as they came. */
  readonly text: string;
}

export interface MailServer {
  readonly port: number;
  readonly received: ReceivedMail[];
  /** In PEM, to trust. */
  readonly ca: string;
  close(): Promise<void>;
}

/** For `127.0.0.1` and `localhost`, of the present time. */
export const testCertificate = (): SelfMade =>
  makeSelfMade({ hosts: ["127.0.0.1", "localhost"], fromMs: Date.now() - 60_000, toMs: Date.now() + 86_400_000 });

export async function openMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  const { cert, key } = testCertificate();
  const server = new SMTPServer({
    logger: false,
    authOptional: true,
    cert,
    key,
    // An abrupt end of a test is no reason to wait.
    closeTimeout: 1,
    disableReverseLookup: true,
    onData: (stream, { envelope, user, secure }, callback) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => void chunks.push(chunk));
      stream.on("end", () => {
        received.push({
          from: envelope.mailFrom === false ? "" : envelope.mailFrom.address,
          to: envelope.rcptTo.map(({ address }) => address),
          user: user === undefined ? undefined : String(user),
          isSecure: secure,
          text: Buffer.concat(chunks).toString("utf8"),
        });
        callback(null);
      });
    },
    ...options,
  });
  server.on("error", () => undefined);
  const listening = server.listen(0, "127.0.0.1");
  await new Promise((resolve) => listening.once("listening", resolve));
  return {
    port: (listening.address() as AddressInfo).port,
    received,
    ca: cert,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
