/** `/api/views`: saved pages of charts and values of several devices. */
import { viewAnswer, viewFields, viewsAnswer } from "../../../contract/views/views.ts";
import type { ViewBook } from "../../../core/views/view-book.ts";
import { doneIn } from "../../answers/book-outcome.ts";
import { HttpError } from "../../answers/problem.ts";
import { EMPTY, json, type Route, route } from "../../declaration/route.ts";

export interface ViewsParts {
  readonly views: ViewBook;
}

const CODES = { full: "TOO_MANY_VIEWS", unknown: "VIEW_UNKNOWN" } as const;

export const VIEWS_ROUTES: readonly Route<ViewsParts>[] = [
  route({
    method: "get",
    path: "/api/views",
    level: "viewer",
    summary: "the views, in the order in which they were made",
    answer: json(viewsAnswer),
    handle: ({ views }: ViewsParts) => ({ views: [...views.list()] }),
  }),
  route({
    method: "post",
    path: "/api/views",
    level: "operator",
    summary: "adds one",
    body: viewFields,
    answer: json(viewAnswer, 201),
    handle: async ({ views }: ViewsParts, { body }) => doneIn(await views.add(body), CODES),
  }),
  route({
    method: "get",
    path: "/api/views/:id",
    level: "viewer",
    summary: "",
    answer: json(viewAnswer),
    handle: ({ views }: ViewsParts, { params }) => {
      const view = views.get(params.id);
      if (view === undefined) throw new HttpError("VIEW_UNKNOWN");
      return view;
    },
  }),
  route({
    method: "put",
    path: "/api/views/:id",
    level: "operator",
    summary: "replaces it",
    body: viewFields,
    answer: json(viewAnswer),
    handle: async ({ views }: ViewsParts, { params, body }) => doneIn(await views.replace(params.id, body), CODES),
  }),
  route({
    method: "delete",
    path: "/api/views/:id",
    level: "operator",
    summary: "204; what it shows stays",
    answer: EMPTY,
    handle: async ({ views }: ViewsParts, { params }) => {
      if (!(await views.remove(params.id))) throw new HttpError("VIEW_UNKNOWN");
    },
  }),
];
