/** Says which ids of a rule or a silence the hub does not know yet, and which known id each of them may be meant as. */
import type { UnknownDevice } from "../../contract/answers/alert-answers.ts";
import { distanceWithin } from "./edit-distance.ts";

export interface UnknownDevicesParts {
  /** Those of which something is stored. */
  readonly registry: {
    get(deviceId: string): object | undefined;
    list(): readonly { readonly deviceId: string; readonly name: string | undefined }[];
  };
  /** Ids of boards that have a credential, and have perhaps sent nothing yet. */
  readonly boardIds: () => readonly string[];
}

/** In the order of `ids`; undefined: the hub knows them all. */
export type UnknownDevices = (ids: readonly string[]) => UnknownDevice[] | undefined;

/** A rule may name 10,000 ids, and each search goes over all devices in one turn of the event loop. */
const MOST_SEARCHED = 3;
const MOST_EDITS = 3;
const LETTERS_FOR_EDIT = 4;

export function createUnknownDevices({ registry, boardIds }: UnknownDevicesParts): UnknownDevices {
  return (ids) => {
    const asked = new Set(ids.filter((id) => registry.get(id) === undefined));
    if (asked.size === 0) return undefined;
    const boards = boardIds();
    for (const id of boards) asked.delete(id);
    if (asked.size === 0) return undefined;
    const candidates = [
      ...registry.list().map(({ deviceId, name }) => candidateOf(deviceId, name)),
      ...boards.map((id) => candidateOf(id, undefined)),
    ];
    return [...asked].map((id, index) => {
      const nearest = index < MOST_SEARCHED ? nearestOf(id, candidates) : undefined;
      return { id, ...(nearest !== undefined && { nearest }) };
    });
  };
}

interface Candidate {
  readonly id: string;
  /** What a person may take for its id, in lower case. */
  readonly words: readonly string[];
}

/** `tasmota:plug` is also found as `plug`, and by its name. */
function candidateOf(id: string, name: string | undefined): Candidate {
  const words = [id, id.slice(id.indexOf(":") + 1), ...(name === undefined ? [] : [name])];
  return { id, words: [...new Set(words.map((word) => word.toLowerCase()))] };
}

function nearestOf(id: string, candidates: readonly Candidate[]): string | undefined {
  const asked = id.toLowerCase();
  let most = Math.min(MOST_EDITS, Math.floor(asked.length / LETTERS_FOR_EDIT));
  let nearest: string | undefined;
  for (const candidate of candidates) {
    for (const word of candidate.words) {
      const distance = distanceWithin(asked, word, most);
      if (distance === undefined) continue;
      nearest = candidate.id;
      if (distance === 0) return nearest;
      most = distance - 1; // of those that are equally near, the first
    }
  }
  return nearest;
}
