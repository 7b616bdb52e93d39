/** Makes a self-signed certificate for the names and addresses of this machine. [RFC 5280] */
import { generateKeyPairSync, randomBytes, sign, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_subjectAltName,
  id_kp_serverAuth,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from "@peculiar/asn1-x509";

export interface CertificateOptions {
  /** Names and addresses by which clients come. */
  readonly hosts: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
}

export interface SelfMade {
  /** PEM. */
  readonly cert: string;
  /** PEM, without a passphrase. */
  readonly key: string;
  /** Of the whole certificate, as hexadecimal pairs with colons between. */
  readonly sha256: string;
  readonly sha1: string;
}

const COMMON_NAME = "2.5.4.3"; // [RFC 5280, A.1]
const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2"; // [RFC 5758, 3.2]

/** P-256: every TLS library of the boards knows it, and it costs them a tenth of RSA's time. */
export function makeSelfMade({ hosts, fromMs, toMs }: CertificateOptions): SelfMade {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signatureAlgorithm = new AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 });
  const subject = nameOf("Aerie hub");
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumber(),
    signature: signatureAlgorithm,
    issuer: subject,
    subject,
    validity: new Validity({ notBefore: new Date(fromMs), notAfter: new Date(toMs) }),
    subjectPublicKeyInfo: AsnConvert.parse(publicKey.export({ format: "der", type: "spki" }), SubjectPublicKeyInfo),
    extensions: new Extensions([
      // It may not sign other certificates: a client that trusts it trusts this hub alone.
      extension(id_ce_basicConstraints, new BasicConstraints({ cA: false }), true),
      extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
      extension(id_ce_subjectAltName, new SubjectAlternativeName(hosts.map(generalName))),
    ]),
  });
  const signature = sign("sha256", Buffer.from(AsnConvert.serialize(tbsCertificate)), privateKey);
  const signatureValue = new Uint8Array(signature).buffer;
  const der = AsnConvert.serialize(new Certificate({ tbsCertificate, signatureAlgorithm, signatureValue }));
  const made = new X509Certificate(Buffer.from(der));
  return {
    cert: made.toString(),
    key: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    sha256: made.fingerprint256,
    sha1: made.fingerprint,
  };
}

const nameOf = (text: string): Name =>
  new Name([
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type: COMMON_NAME, value: new AttributeValue({ utf8String: text }) }),
    ]),
  ]);

const extension = (extnID: string, value: object, critical = false): Extension =>
  new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });

const generalName = (host: string): GeneralName =>
  isIP(host) === 0 ? new GeneralName({ dNSName: host }) : new GeneralName({ iPAddress: host });

/** Positive, not zero, at most 20 octets. [RFC 5280, 4.1.2.2] */
function serialNumber(): ArrayBuffer {
  const bytes = new Uint8Array(randomBytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.buffer;
}
