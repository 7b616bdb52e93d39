/** A push service as RFC 8030, 8188, 8291 and 8292 have it, and browsers that read what it was sent. */
import { createECDH, createPublicKey, type ECDH, randomBytes, verify } from "node:crypto";
import type { ServerResponse } from "node:http";
import ece from "http_ece";
import type { PushSubscription } from "../../../src/contract/channels.ts";
import { testCertificate } from "./mail-server.ts";
import { openReceiver, type Received, type Receiver } from "./receiver.ts";

export interface PushBrowser {
  readonly subscription: PushSubscription;
  /** What arrived, decrypted. */
  readonly messages: unknown[];
  /** Of each, what came with it. */
  readonly headers: Received["headers"][];
}

export interface PushService extends Receiver {
  readonly ca: string;
  /** Somebody subscribes to this hub. */
  subscribe(publicKey: string, hostname?: string): PushBrowser;
  /** The push service of this browser answers so from now on; undefined: as it should. */
  answerWith(browser: PushBrowser, respond: ((response: ServerResponse) => void) | undefined): void;
}

/** Of Mozilla's for Firefox on Android, the smallest: 4,096 in base64, with some fields beside it. */
const MOST_BYTES = 3_000;

export async function openPushService({ cert, key } = testCertificate()): Promise<PushService> {
  const browsers = new Map<string, { browser: PushBrowser; keys: ECDH; publicKey: string }>();
  const responders = new Map<string, (response: ServerResponse) => void>();

  function faultOf({ method, headers, body }: Received, publicKey: string, origin: string): string | undefined {
    if (method !== "POST") return "not a POST";
    if (headers["content-encoding"] !== "aes128gcm") return "not encrypted by RFC 8188";
    if (!/^\d+$/.test(headers["ttl"] as string)) return "no TTL";
    if (!/^(very-low|low|normal|high)$/.test(headers["urgency"] as string)) return "no urgency";
    if (!/^[\w-]{1,32}$/.test(headers["topic"] as string)) return "a topic that is none";
    if (body.length > MOST_BYTES) return "too large";
    return vapidFault(headers.authorization ?? "", publicKey, origin);
  }

  const receiver = await openReceiver({
    tls: { cert, key },
    respond: (request, response) => {
      const found = browsers.get(request.url);
      if (found === undefined) return void response.writeHead(404).end();
      const respond = responders.get(request.url);
      if (respond !== undefined) return respond(response);
      const { browser, keys, publicKey } = found;
      const fault = faultOf(request, publicKey, new URL(browser.subscription.endpoint).origin);
      if (fault !== undefined) return void response.writeHead(fault.startsWith("vapid") ? 403 : 400).end(fault);
      const { auth } = browser.subscription.keys;
      const text = ece.decrypt(request.body, { version: "aes128gcm", privateKey: keys, authSecret: auth });
      browser.messages.push(JSON.parse(text.toString("utf8")));
      browser.headers.push(request.headers);
      response.writeHead(201, { Location: `${browser.subscription.endpoint}/1` }).end();
    },
  });

  return {
    ...receiver,
    ca: cert,
    subscribe: (publicKey, hostname = "127.0.0.1") => {
      const keys = createECDH("prime256v1");
      keys.generateKeys();
      const path = `/push/${randomBytes(16).toString("base64url")}`;
      const subscription = {
        endpoint: `https://${hostname}:${receiver.port}${path}`,
        keys: { p256dh: keys.getPublicKey("base64url"), auth: randomBytes(16).toString("base64url") },
      };
      const browser = { subscription, messages: [], headers: [] };
      browsers.set(path, { browser, keys, publicKey });
      return browser;
    },
    answerWith: ({ subscription }, respond) => {
      const path = new URL(subscription.endpoint).pathname;
      if (respond === undefined) responders.delete(path);
      else responders.set(path, respond);
    },
  };
}

/** A JWT that is signed by the key that the browser subscribed to, for this origin, for at most a day. [RFC 8292, 2] */
function vapidFault(authorization: string, publicKey: string, origin: string): string | undefined {
  const [, token = "", k] = /^vapid t=([\w.-]+), ?k=([\w-]+)$/.exec(authorization) ?? [];
  if (k !== publicKey) return "vapid: another key";
  const [header = "", claims = "", signature = ""] = token.split(".");
  const point = Buffer.from(publicKey, "base64url");
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString("base64url"));
  const jwk = { kty: "EC", crv: "P-256", x, y } as const;
  const isSigned = verify(
    "sha256",
    Buffer.from(`${header}.${claims}`),
    { key: createPublicKey({ key: jwk as never, format: "jwk" }), dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  if (!isSigned) return "vapid: wrong signature";
  const { aud, exp, sub } = JSON.parse(Buffer.from(claims, "base64url").toString("utf8"));
  if (aud !== origin) return "vapid: for another push service";
  if (exp <= Date.now() / 1_000 || exp > Date.now() / 1_000 + 86_400) return "vapid: not for a day at most";
  return /^(mailto:[^@]+@[^@]+|https:\/\/.+)$/.test(sub) ? undefined : "vapid: nobody to write to";
}
