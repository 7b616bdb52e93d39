/** Puts the documents of a sample into a MongoDB server, and reads all documents of a hub back. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { BSON, type Document, MongoClient } from "mongodb";
import { onTestFinished } from "vitest";
import { SAMPLES } from "./sample.ts";

/** Database of the sample → collection → documents. */
type Documents = Readonly<Record<string, Readonly<Record<string, Document[]>>>>;

/** The hub's database and that of its broker. */
const namesOf = (url: string): readonly [string, string] => {
  const name = new URL(url).pathname.slice(1);
  return [name, `${name}_mqtt`];
};

async function connect(url: string): Promise<MongoClient> {
  const client = await MongoClient.connect(url);
  onTestFinished(() => client.close());
  return client;
}

export async function loadDocuments(sample: string, url: string): Promise<void> {
  const text = gunzipSync(readFileSync(path.join(SAMPLES, sample, "mongodb.json.gz"))).toString();
  const { aerie = {}, aerie_mqtt = {} } = BSON.EJSON.parse(text, { relaxed: false }) as Documents;
  const client = await connect(url);
  const [hub, broker] = namesOf(url);
  for (const [database, collections] of [
    [hub, aerie],
    [broker, aerie_mqtt],
  ] as const) {
    for (const [name, documents] of Object.entries(collections)) {
      const collection = await client.db(database).createCollection(name);
      if (documents.length > 0) await collection.insertMany([...documents]);
    }
  }
}

/** As text, with every collection's indexes, so that two of them can be compared. */
export async function everythingIn(url: string): Promise<string> {
  const client = await connect(url);
  const found: Record<string, unknown> = {};
  for (const database of namesOf(url)) {
    const db = client.db(database);
    for (const { name } of await db.listCollections().toArray()) {
      const collection = db.collection(name);
      const documents = await collection.find().sort({ _id: 1 }).toArray();
      found[`${database}.${name}`] = { documents, indexes: await collection.indexes() };
    }
  }
  const sorted = Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
  return BSON.EJSON.stringify(sorted, undefined, 1, { relaxed: false });
}
