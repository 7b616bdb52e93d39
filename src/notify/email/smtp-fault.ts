/** What a failure of nodemailer means: the server's number, or the step that failed. */
import type { SendOutcome } from "../../core/ports/alert-channel.ts";
import { hasSecret } from "../request/answer-words.ts";
import { connectFault } from "../request/connect-fault.ts";
import { oneLine } from "../text/plain-text.ts";

export interface SmtpFaultContext {
  readonly host: string;
  readonly secrets: readonly (string | undefined)[];
  /** The time was over, or the hub stops: with the reason. */
  readonly ended: AbortSignal;
  /** It was connected. */
  readonly isConnected: boolean;
}

const STEPS: Readonly<Record<string, string>> = {
  ETLS: "does not begin TLS as the channel asks. Check security and port: STARTTLS is usual on 587, TLS on 465",
  EAUTH: "does not accept user and password",
  ENOAUTH: "asks for a user and a password",
  EENVELOPE: "does not accept the sender or a recipient",
  EPROTOCOL: "does not answer as a mail server does",
};

const MOST = 200;

export function smtpFault(error: unknown, { host, secrets, ended, isConnected }: SmtpFaultContext): SendOutcome {
  if (ended.aborted) return { kind: "failed", reason: `${String(ended.reason)} from ${host}` };
  if (!isConnected) {
    const fault = connectFault(error, host);
    return fault.kind === "failed" ? { ...fault, neverArrived: true } : fault;
  }
  const { code, responseCode, response } = detailsOf(error);
  const said = response === undefined || hasSecret(response, secrets) ? "" : `: ${oneLine(response).slice(0, MOST)}`;
  const words = (code === undefined ? undefined : STEPS[code]) ?? "did not take the message";
  const reason = `${host} ${words}${said}`;
  // 5yz is for good [RFC 5321, 4.2.1], but for 503: the exchange went wrong, not the message.
  if (responseCode !== undefined) {
    const isForGood = responseCode >= 500 && responseCode !== 503;
    return isForGood ? { kind: "refused", reason } : { kind: "failed", reason, neverArrived: true };
  }
  if (code !== undefined && Object.hasOwn(STEPS, code)) return { kind: "failed", reason };
  return connectFault(error, host);
}

interface Details {
  readonly code: string | undefined;
  readonly responseCode: number | undefined;
  readonly response: string | undefined;
}

function detailsOf(error: unknown): Details {
  const fields = new Map<string, unknown>(error instanceof Error ? Object.entries(error) : []);
  const [code, responseCode, response] = ["code", "responseCode", "response"].map((name) => fields.get(name));
  return {
    code: typeof code === "string" ? code : undefined,
    responseCode: typeof responseCode === "number" ? responseCode : undefined,
    response: typeof response === "string" ? response : undefined,
  };
}
