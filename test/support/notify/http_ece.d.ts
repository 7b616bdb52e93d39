/** The part of http_ece that tests use: it has no types of its own. [RFC 8188, RFC 8291] */
declare module "http_ece" {
  import type { ECDH } from "node:crypto";
  export function decrypt(
    body: Buffer,
    options: { version: "aes128gcm"; privateKey: ECDH; dh?: string; authSecret: string },
  ): Buffer;
}
