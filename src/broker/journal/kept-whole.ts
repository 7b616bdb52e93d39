/** Leaves out of the last run's journal what is damaged, so that no client gets a packet that it must refuse. */
import type { Journal as KeptJournal, KeptMessage } from "../../core/ports/broker-state.ts";
import { ByteReader } from "../packets/byte-reader.ts";
import { readProperties } from "../packets/properties.ts";
import { PACKET } from "../packets/property-table.ts";
import { filterFault, topicFault } from "../packets/topic-rules.ts";
import type { Journal } from "./journal.ts";

/** `onDamage` gets a sentence for the owner for each one that is left out. Its rows are deleted from the store, too. */
export function withoutDamaged(
  kept: KeptJournal,
  journal: Pick<Journal, "note">,
  onDamage: (words: string) => void,
): KeptJournal {
  const isWhole = (fault: string | undefined, what: string, remove: () => void): boolean => {
    if (fault === undefined) return true;
    onDamage(`${what}, kept from the last run, is damaged (${fault}) and was left out: a backup may have it`);
    remove();
    return false;
  };
  return {
    ...kept,
    retained: kept.retained.filter(({ topic, value }) =>
      isWhole(messageFault(value), `The retained message of ${shown(topic)}`, () =>
        journal.note({ of: "retained", topic, value: undefined }),
      ),
    ),
    subscriptions: kept.subscriptions.filter(({ clientId, filter }) =>
      isWhole(textFault(filter) ?? filterFault(filter), `A subscription of ${shown(clientId)}`, () =>
        journal.note({ of: "subscription", clientId, filter, value: undefined }),
      ),
    ),
    deliveries: kept.deliveries.filter(({ clientId, order, value: { message } }) =>
      isWhole(message && messageFault(message), `A message that waited for ${shown(clientId)}`, () =>
        journal.note({ of: "delivery", clientId, order, value: undefined }),
      ),
    ),
    wills: kept.wills.filter(({ clientId, value: { message } }) =>
      isWhole(messageFault(message), `The last will of ${shown(clientId)}`, () =>
        journal.note({ of: "will", clientId, value: undefined }),
      ),
    ),
  };
}

function messageFault({ topic, properties }: KeptMessage): string | undefined {
  return textFault(topic) ?? topicFault(topic) ?? propertiesFault(properties);
}

const textFault = (text: string): string | undefined => (text.includes("\0") ? "a text contains U+0000" : undefined);

function propertiesFault(properties: Uint8Array): string | undefined {
  if (properties.length === 0) return undefined;
  const section = Buffer.concat([lengthOf(properties), properties]);
  try {
    readProperties(new ByteReader(section, 0, section.length), PACKET.publish);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** As a variable byte integer. [MQTT 5.0, 1.5.5] */
function lengthOf({ length }: Uint8Array): Buffer {
  const bytes: number[] = [];
  let left = length;
  do {
    bytes.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    left >>>= 7;
  } while (left > 0);
  return Buffer.from(bytes);
}

const shown = (text: string): string => JSON.stringify(text.slice(0, 80));
