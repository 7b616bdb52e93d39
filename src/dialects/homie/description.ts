/** The description document of a Homie 5 device, reduced to what the hub needs, and the form in which it is kept. */
import { MAX_ENTRY_CHARS } from "../../core/dialects/learned-limit.ts";
import { isObject, type JsonObject } from "../payload/payload-text.ts";
import type { Property } from "./property.ts";

export interface Description {
  readonly name?: string;
  /** The device that it stands behind; undefined: it is connected itself. */
  readonly root?: string;
  /** Names of nodes, by id. */
  readonly nodes: ReadonlyMap<string, string>;
  /** By `node/property`. */
  readonly properties: ReadonlyMap<string, Property>;
}

/** Of a device, of all versions: all of them are described again when one of them changes. */
export const MAX_PROPERTIES = 1_024;
const MAX_CHARS = 128;
/** Of `format`: the values of an enum. */
const MAX_FORMAT_CHARS = 1_024;

/** Total: what it cannot read is left out. */
export function descriptionOf(json: JsonObject): Description {
  const nodes = new Map<string, string>();
  const properties = new Map<string, Property>();
  for (const [nodeId, node] of entriesOf(json["nodes"])) {
    const name = textOf(node["name"]);
    if (name !== undefined && nodes.size < MAX_PROPERTIES) nodes.set(nodeId, name);
    for (const [propertyId, property] of entriesOf(node["properties"])) {
      if (properties.size < MAX_PROPERTIES) properties.set(`${nodeId}/${propertyId}`, propertyOf(property));
    }
  }
  const name = textOf(json["name"]);
  const root = textOf(json["root"]);
  return { ...(name !== undefined && { name }), ...(root !== undefined && { root }), nodes, properties };
}

/** The same form as the document itself, so that it is read by the same rule. */
export function descriptionJson({ name, root, nodes, properties }: Description): string {
  const kept = new Map<string, { readonly name: string | undefined; readonly properties: Map<string, Property> }>();
  let chars = 0;
  for (const [path, property] of properties) {
    const [nodeId = "", propertyId = ""] = path.split("/");
    const former = kept.get(nodeId);
    chars += JSON.stringify(property).length + propertyId.length + (former === undefined ? 2 * MAX_CHARS : 4);
    if (chars > MAX_ENTRY_CHARS) break;
    const node = former ?? { name: nodes.get(nodeId), properties: new Map() };
    node.properties.set(propertyId, property);
    kept.set(nodeId, node);
  }
  const written = [...kept].map(([id, node]) => [id, { ...node, properties: Object.fromEntries(node.properties) }]);
  return JSON.stringify({ name, root, nodes: Object.fromEntries(written) });
}

function propertyOf(json: JsonObject): Property {
  const { settable, retained } = json;
  const name = textOf(json["name"]);
  const unit = textOf(json["unit"]);
  const datatype = textOf(json["datatype"]);
  // A schema says nothing to a reader.
  const format = datatype === "json" ? undefined : textOf(json["format"], MAX_FORMAT_CHARS);
  return {
    ...(name !== undefined && { name }),
    ...(unit !== undefined && { unit }),
    ...(datatype !== undefined && { datatype }),
    ...(format !== undefined && { format }),
    ...(settable === true && { settable }),
    ...(retained === false && { retained }),
  };
}

function entriesOf(json: unknown): [string, JsonObject][] {
  if (!isObject(json)) return [];
  return Object.entries(json).flatMap(([id, value]) =>
    isId(id) && isObject(value) ? [[id, value] as [string, JsonObject]] : [],
  );
}

const isId = (id: string): boolean => id !== "" && id.length <= MAX_CHARS && !id.includes("/") && id !== "__proto__";

const textOf = (value: unknown, most = MAX_CHARS): string | undefined =>
  typeof value === "string" && value !== "" ? value.slice(0, most) : undefined;
