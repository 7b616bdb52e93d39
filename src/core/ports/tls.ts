/** A certificate and its key as servers take them, and whoever is notified of new ones. Reads no file. */

export interface TlsContext {
  /** PEM: the server's certificate first, then those between it and its authority. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
}

export interface TlsSource {
  context(): TlsContext;
  /** Called with each later one. */
  onChange(take: (context: TlsContext) => void): void;
}

/** TLS 1.0 and 1.1 are withdrawn. [RFC 8996] */
export const TLS_OPTIONS = { minVersion: "TLSv1.2", handshakeTimeout: 10_000 } as const;
