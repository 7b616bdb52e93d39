/** Makes certificates with openssl, for 127.0.0.1 and good for some days. Trusts none. */
import { execFileSync } from "node:child_process";
import path from "node:path";
import { readTools } from "../tools.ts";

export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface CertificateWish {
  readonly name?: string;
  readonly days?: number;
  /** Self-made where there is none. */
  readonly by?: CertificateFiles;
}

/** In place of those that are there. */
export function makeCertificate(dir: string, { name = "hub", days = 30, by }: CertificateWish = {}): CertificateFiles {
  const certFile = path.join(dir, `${name}.pem`);
  const keyFile = path.join(dir, `${name}.key`);
  const args = [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-subj",
    `/CN=${name}`,
  ];
  const reach = ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-days", String(days)];
  const issuer = by === undefined ? [] : ["-CA", by.certFile, "-CAkey", by.keyFile];
  execFileSync(readTools().openssl, [...args, ...reach, ...issuer, "-keyout", keyFile, "-out", certFile], {
    stdio: "ignore",
  });
  return { certFile, keyFile };
}
