/** Makes the table of routes in docs/protocol.md from their declarations. `tsx scripts/route-table.ts` writes it there. */
import { openApiOf } from "../src/http/declaration/openapi.ts";
import { nameOf, type Route } from "../src/http/declaration/route.ts";
import { ROUTES } from "../src/http/routes/all-routes.ts";
import { writeTable } from "./document-table.ts";

export const ROUTES_TABLE = "routes";

/** What the table reads of a JSON schema. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** With more fields, an object is called by its name. */
const MOST_FIELDS = 8;

export function routeTable(routes: readonly Route<never>[] = ROUTES): string {
  const document = openApiOf(routes, { version: "", cookieName: "" }) as unknown as Document;
  const rows = routes.map((route) => rowOf(route, document));
  return ["| route | level | body | answer | |", "|---|---|---|---|---|", ...rows].join("\n");
}

function rowOf(route: Route<never>, { paths, components }: Document): string {
  const operation = paths[route.path.replace(/:(\w+)/g, "{$1}")]?.[route.method];
  if (operation === undefined) throw new Error(`${nameOf(route)} is not in the document`);
  const query = operation.parameters?.filter((each) => each.in === "query").map(({ name }) => name) ?? [];
  const cells = [
    `\`${nameOf(route)}${query.length === 0 ? "" : `?${query.join("&")}`}\``,
    route.level,
    contentOf(operation.requestBody ?? {}, components.schemas),
    answersOf(operation, components.schemas),
    route.summary,
  ];
  return `| ${cells.join(" | ")} |`;
}

/** `201 {…}`; 200 is left out. */
function answersOf({ responses }: Operation, schemas: Document["components"]["schemas"]): string {
  const statuses = Object.keys(responses).filter((status) => status !== "default");
  const [first = ""] = statuses;
  const content = contentOf(responses[first] ?? {}, schemas);
  return [...(first === "200" && statuses.length === 1 ? [] : [statuses.join(" or ")]), content].join(" ").trim();
}

function contentOf({ content = {} }: Content, schemas: Document["components"]["schemas"]): string {
  const parts = Object.entries(content).map(([type, { schema }]) =>
    schema === undefined ? `\`${type}\`` : `\`${fieldsOf(schema, schemas)}\``,
  );
  return parts.join(", ");
}

/** `{devices: [Device], total, nextCursor}`, with `?` behind what may be left out. */
function fieldsOf(schema: Schema, schemas: Document["components"]["schemas"]): string {
  const name = schema.$ref?.split("/").at(-1) ?? "";
  const { properties, required = [] } = name === "" ? schema : (schemas[name] ?? {});
  const fields = Object.entries(properties ?? {});
  if (fields.length > MOST_FIELDS) return name;
  const written = fields.map(([field, { items }]) => {
    const key = `${field}${required.includes(field) ? "" : "?"}`;
    const isOfObjects = items !== undefined && (items.$ref !== undefined || items.type === "object");
    return isOfObjects ? `${key}: [${fieldsOf(items, schemas)}]` : key;
  });
  return `{${written.join(", ")}}`;
}

if (import.meta.filename === process.argv[1]) writeTable("docs/protocol.md", ROUTES_TABLE, routeTable());
