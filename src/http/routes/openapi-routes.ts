/** `GET /api/openapi.json`: this interface as a document that programs read. */

import type { OpenApiDocument } from "../../contract/rest.ts";
import { openApiDocument } from "../../contract/rest.ts";
import { json, type Route, route } from "../declaration/route.ts";
import type { Callers } from "../requests/callers.ts";

export interface OpenApiParts {
  readonly openApi: (cookieName: string) => OpenApiDocument;
  readonly callers: Pick<Callers, "cookieName">;
}

export const OPENAPI_ROUTES: readonly Route<OpenApiParts>[] = [
  route({
    method: "get",
    path: "/api/openapi.json",
    level: "viewer",
    summary: "these routes as an OpenAPI 3.1 document, for generators of clients",
    answer: json(openApiDocument),
    handle: ({ openApi, callers }: OpenApiParts, { request }) => openApi(callers.cookieName(request)),
  }),
];
