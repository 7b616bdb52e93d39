/** Numbers groups of the broker's entries, so that what a crash left of a group can be told from a group that is complete. */
import type { Collection, Document } from "mongodb";
import { type InTime, LIMITED } from "../db/in-time.ts";

export interface GroupsDocument {
  readonly _id: "written";
  /** The newest complete group; older ones that are not complete have left nothing behind. */
  readonly group?: number;
  /** How often a hub has opened this database. */
  readonly opens: number;
}

/** What a document of an incomplete group is found by; documents of other writes do not have it. */
export interface InGroup {
  readonly group?: number;
}

export interface JournalGroups {
  /** The number of a new group. Deletes first what a failed group left: its entries will be written again. */
  begin(): Promise<number>;
  /** From here on the group counts. */
  complete(group: number): Promise<void>;
}

/** Groups of one opening. No number is used twice, so that a late write of a former hub is not taken for one of this. */
const NUMBERS = 2 ** 32;

/**
 * A server that is not part of a replica set has no transactions, and the documents of a group are in several collections. So they
 * carry the group's number, and one small write at the end makes them count. `collections`: where such documents may be.
 */
export async function openJournalGroups(
  groups: Collection<GroupsDocument>,
  collections: readonly Pick<Collection<Document>, "deleteMany">[],
  inTime: InTime,
): Promise<JournalGroups> {
  const opened = await groups.findOneAndUpdate(
    { _id: "written" },
    { $inc: { opens: 1 } },
    { upsert: true, returnDocument: "after" },
  );
  let last = NUMBERS * (opened?.opens ?? 1);
  let mayBeIncomplete = true;

  async function clean(): Promise<void> {
    const written = (await inTime(groups.findOne({ _id: "written" })))?.group ?? 0;
    await inTime(Promise.all(collections.map((each) => each.deleteMany({ group: { $gt: written } }, LIMITED))));
    mayBeIncomplete = false;
  }

  await clean();
  return {
    begin: async () => {
      if (mayBeIncomplete) await clean();
      mayBeIncomplete = true;
      last += 1;
      return last;
    },
    complete: async (group) => {
      await inTime(groups.updateOne({ _id: "written" }, { $max: { group } }, LIMITED));
      mayBeIncomplete = false;
    },
  };
}
