/** The channel `email`: by the mail server of the owner. */
import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import type { ChannelSettings } from "../../contract/channels.ts";
import type { ChannelAdapter, OutgoingMessage, SendOutcome } from "../../core/ports/alert-channel.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { GuardedConnect } from "../request/guarded-connect.ts";
import { REQUEST_LIMIT_MS } from "../request/guarded-request.ts";
import { emailBody } from "./email-body.ts";
import { smtpFault } from "./smtp-fault.ts";

export interface EmailOptions {
  readonly connect: GuardedConnect;
  readonly clock: Pick<Clock, "after">;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Certificates to trust in place of the usual ones, in PEM. */
  readonly ca?: string | undefined;
}

type EmailSettings = Extract<ChannelSettings, { kind: "email" }>;

/** A line of an answer of a mail server has 512 bytes. [RFC 5321, 4.5.3.1.5] */
const MOST_OF_RESPONSE = 65_536;

export function createEmail(options: EmailOptions): ChannelAdapter["send"] {
  return async (message, settings) => {
    if (settings.kind !== "email") return { kind: "refused", reason: "This is no channel of e-mail" };
    const broken = [settings.from, ...settings.to].find((address) => !isAddress(address));
    if (broken !== undefined) return { kind: "refused", reason: `${JSON.stringify(broken)} is no e-mail address` };
    const ending = new AbortController();
    const stop = (): void => ending.abort("The hub stops: no answer");
    const cancel = options.clock.after(REQUEST_LIMIT_MS, () =>
      ending.abort(`No answer within ${REQUEST_LIMIT_MS / 1_000} s`),
    );
    options.signal.addEventListener("abort", stop);
    if (options.signal.aborted) stop();
    try {
      return await sendBy(options, message, settings, ending.signal);
    } finally {
      cancel();
      options.signal.removeEventListener("abort", stop);
    }
  };
}

/** One address, perhaps behind a name. What has a line break or a comma would be more than one, or another header. */
const isAddress = (text: string): boolean =>
  !/[\p{Cc},;]/u.test(text) && /^(?:[^<>@]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/.test(text);

async function sendBy(
  { connect, log, ca }: EmailOptions,
  message: OutgoingMessage,
  settings: EmailSettings,
  ended: AbortSignal,
): Promise<SendOutcome> {
  const { host, port, security, user, password, from, to } = settings;
  const secrets = [password, authPlain(user, password)];
  let socket: Socket | undefined;
  try {
    socket = await connect(host, port, ended);
    const connection = socket;
    // Loaded at the first e-mail: it takes a small board a third of a second.
    const { createTransport } = await import("nodemailer");
    const transport = createTransport({
      host,
      port,
      secure: security === "tls",
      requireTLS: security === "starttls",
      ignoreTLS: security === "none",
      // A server that does not offer a login is not sent to without one.
      ...(user !== undefined && { auth: { user, pass: password ?? "" }, forceAuth: true }),
      ...(ca !== undefined && { tls: { ca } }),
      getSocket: (_, callback) => callback(null, { connection }),
      maxResponseSize: MOST_OF_RESPONSE,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const { subject, text, html } = emailBody(message);
    const sent = await transport.sendMail({
      ...{ from, to, subject, text, html, signal: ended },
      date: new Date(message.createdAtMs),
      messageId: messageId(message.id, from),
      ...(message.severity === "critical" && { priority: "high" }),
      headers: { "Auto-Submitted": "auto-generated" },
    });
    const missed = sent.rejected.length;
    // Sending it again would bring it twice to all others.
    if (missed > 0) log.warn("a mail server refused some recipients", { host, refused: missed, recipients: to.length });
    return { kind: "sent" };
  } catch (error) {
    return smtpFault(error, { host, secrets, ended, isConnected: socket !== undefined });
  } finally {
    socket?.destroy();
  }
}

/** The same for each attempt: mail servers and programs show one message once. */
function messageId(id: string, from: string): string {
  const domain = /@([\w.-]+)>?$/.exec(from)?.[1] ?? "aerie.invalid";
  return `<${createHash("sha256").update(id).digest("hex").slice(0, 40)}@${domain}>`;
}

/** How a password goes to a server, which may repeat it. [RFC 4616] */
const authPlain = (user = "", password = ""): string => Buffer.from(`\0${user}\0${password}`).toString("base64");
