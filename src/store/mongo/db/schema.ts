/** Makes the collections and indexes that the hub needs, and refuses a database in which one is different. */
import { type Db, type Document, MongoServerError } from "mongodb";
import { StartError } from "../../../core/model/start-error.ts";
import { type Collections, INDEXES } from "./collections.ts";

/** Number of the schema that documents.ts describes. A later hub upgrades an earlier one. */
const VERSION = 1;
const NAMESPACE_EXISTS = 48;
const INDEX_OPTIONS_CONFLICT = 85;
const INDEX_KEYS_CONFLICT = 86;

type Wanted = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, 1>>>>>>;

export async function prepareDatabase(db: Db): Promise<void> {
  await refuseNewer(db);
  await prepareCollections(db, INDEXES satisfies Record<keyof Collections, unknown>);
  await noteVersion(db);
}

/** Collection → its indexes by name. */
export async function prepareCollections(db: Db, wanted: Wanted): Promise<void> {
  const there = new Map((await db.listCollections().toArray()).map((each) => [each.name, each as Document]));
  for (const [name, indexes] of Object.entries(wanted)) {
    const found = there.get(name);
    if (found === undefined) await create(db, name);
    else checkCollection(db, name, found);
    await prepareIndexes(db, name, indexes);
  }
}

async function create(db: Db, name: string): Promise<void> {
  try {
    await db.createCollection(name, { storageEngine: { wiredTiger: { configString: "block_compressor=zstd" } } });
  } catch (error) {
    if (!(error instanceof MongoServerError) || error.code !== NAMESPACE_EXISTS) throw error;
  }
}

function checkCollection(db: Db, name: string, found: Document): void {
  const options = (found["options"] ?? {}) as Document;
  const kind = found["type"] !== "collection" ? found["type"] : options["capped"] === true ? "capped" : undefined;
  if (kind === undefined) return;
  const what = { timeseries: "a time-series collection", view: "a view", capped: "a capped collection" }[String(kind)];
  throw refusal(
    `${db.databaseName}.${name} is ${what ?? `of type ${kind}`}; the hub needs a plain collection`,
    "rename or drop it",
  );
}

async function prepareIndexes(db: Db, name: string, wanted: Wanted[string]): Promise<void> {
  const collection = db.collection(name);
  const there = new Map((await collection.indexes()).map((index) => [index.name, index]));
  for (const [index, key] of Object.entries(wanted)) {
    const found = there.get(index);
    if (found !== undefined && isOther(found, key)) {
      throw refusal(
        `the index ${index} of ${db.databaseName}.${name} is not ${JSON.stringify(key)}, or has further options`,
        "drop this index, which the hub then makes itself",
      );
    }
    if (found !== undefined) continue;
    try {
      await collection.createIndex(key, { name: index });
    } catch (error) {
      const code = error instanceof MongoServerError ? error.code : undefined;
      // An index of the owner with the same keys and another name serves as well, where it has no conditions.
      if (code !== INDEX_OPTIONS_CONFLICT && code !== INDEX_KEYS_CONFLICT) throw error;
      const same = [...there.values()].find((each) => JSON.stringify(each.key) === JSON.stringify(key));
      if (same === undefined || isOther(same, key)) {
        throw refusal(
          `another index of ${db.databaseName}.${name} conflicts with ${index} ${JSON.stringify(key)}, which the hub needs`,
          "drop that other index",
        );
      }
    }
  }
}

const isOther = (found: Document, key: Readonly<Record<string, 1>>): boolean =>
  JSON.stringify(found["key"]) !== JSON.stringify(key) ||
  ["unique", "sparse", "partialFilterExpression", "expireAfterSeconds", "collation", "hidden"].some(
    (option) => found[option] !== undefined && found[option] !== false,
  );

interface SchemaDocument {
  readonly _id: string;
  readonly version: number;
}

/** Before anything in the database is changed. */
async function refuseNewer(db: Db): Promise<void> {
  checkVersion(db, await db.collection<SchemaDocument>("meta").findOne({ _id: "schema" }));
}

/** Another hub may have made the database meanwhile. */
async function noteVersion(db: Db): Promise<void> {
  const found = await db
    .collection<SchemaDocument>("meta")
    .findOneAndUpdate(
      { _id: "schema" },
      { $setOnInsert: { version: VERSION } },
      { upsert: true, returnDocument: "after" },
    );
  checkVersion(db, found);
}

function checkVersion(db: Db, found: SchemaDocument | null): void {
  if (found === null || found.version === VERSION) return;
  throw refusal(
    `${db.databaseName} was written by a newer Aerie (schema ${found.version}; this one knows ${VERSION})`,
    "start that version",
  );
}

const refusal = (what: string, remedy: string): StartError =>
  new StartError(
    `The hub cannot use this MongoDB database: ${what}. Either ${remedy}, or name another database in AERIE_MONGODB_URL.`,
    1,
  );
