/** Topic aliases of one connection, one table for each direction. [MQTT 5.0, 3.3.2.3.4] */

/** Aliases that the client sets. */
export class InboundAliases {
  readonly #maximum: number;
  readonly #topics = new Map<number, string>();

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /** [MQTT-3.3.2-9] */
  isValid(alias: number): boolean {
    return alias <= this.#maximum;
  }

  /** Undefined: an alias that was never set. */
  resolve(alias: number, topic: string): string | undefined {
    if (topic === "") return this.#topics.get(alias);
    this.#topics.set(alias, topic);
    return topic;
  }
}

/** Aliases that the hub sets: for the first topics that a client is sent, as many as it allows. */
export class OutboundAliases {
  readonly #maximum: number;
  readonly #aliases = new Map<string, number>();

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /** The alias, and whether the topic has to be named with it. */
  of(topic: string): { alias: number; isNew: boolean } | undefined {
    const known = this.#aliases.get(topic);
    if (known !== undefined) return { alias: known, isNew: false };
    if (this.#aliases.size >= this.#maximum) return undefined;
    const alias = this.#aliases.size + 1;
    this.#aliases.set(topic, alias);
    return { alias, isNew: true };
  }

  /** The packet that would have set the alias was not sent. */
  remove(topic: string): void {
    this.#aliases.delete(topic);
  }
}
