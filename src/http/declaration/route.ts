/** The declaration of a route: everything that the server, the documents and the tests know of it. */
import type { Request, Response } from "express";
import { z } from "zod";
import type { Level } from "../../contract/levels.ts";
import { parseRequest } from "../answers/problem.ts";

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** What is answered where nothing is wrong; problems are the same for every route (`src/contract/problem.ts`). */
export type DeclaredAnswer =
  | {
      readonly kind: "json";
      readonly schema: z.ZodType;
      /** The first is the usual one; the handler sets another. */
      readonly statuses: readonly [number, ...number[]];
    }
  /** 204. */
  | { readonly kind: "empty" }
  /** The handler sends it by itself. */
  | {
      readonly kind: "text";
      readonly types: readonly string[];
      /** Left out: 200. The handler sets it. */
      readonly statuses?: readonly [number, ...number[]];
    }
  /** Large: the handler sends it in chunks, when it is the caller's turn. */
  | {
      readonly kind: "stream";
      readonly types: readonly string[];
      /** Of the whole, where it is JSON. */
      readonly schema?: z.ZodType;
      readonly turn: "page" | "export";
    };

export const json = <Schema extends z.ZodType>(schema: Schema, ...statuses: readonly number[]) => {
  const [status = 200, ...others] = statuses;
  return { kind: "json", schema, statuses: [status, ...others] } as const;
};

/** A JSON answer in chunks. */
export const jsonStream = (schema: z.ZodType) =>
  ({ kind: "stream", types: ["application/json"], schema, turn: "page" }) as const;

export const EMPTY = { kind: "empty" } as const;

/** `/api/devices/:id` → `{ id: string }` */
type ParamsOf<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? { readonly [Key in Name]: string } & ParamsOf<Rest>
  : Path extends `${string}:${infer Name}`
    ? { readonly [Key in Name]: string }
    : unknown;

/** A request whose caller has the level, and whose query and body keep their schemas. */
export interface Asked<Path extends string, Query, Body> {
  readonly params: ParamsOf<Path>;
  readonly query: Query;
  readonly body: Body;
  readonly request: Request;
  readonly response: Response;
}

/** What the handler gives: the value to send, or nothing. */
type Given<Answer extends DeclaredAnswer> = Answer extends { kind: "json"; schema: infer Schema extends z.ZodType }
  ? z.output<Schema>
  : unknown;

interface Declaration<
  Parts,
  Path extends string,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends DeclaredAnswer,
> {
  readonly method: Method;
  /** As Express matches it. */
  readonly path: Path;
  /** The lowest that may use it. */
  readonly level: Level;
  /** The lowest that is answered more than those below it; left out: all are answered the same. The handler compares. */
  readonly moreFrom?: Level;
  /** What it does, for the documents; empty where the answer says it. */
  readonly summary: string;
  /** A former name of another route. */
  readonly isDeprecated?: true;
  /** It changes nothing, though its method is not GET: the question is too long for an address. */
  readonly onlyReads?: true;
  /** A secret in its path proves who asks: a form may send it, signed in or not, without a CSRF token. */
  readonly provenBy?: "path";
  /** Left out: the query is ignored. */
  readonly query?: Query;
  readonly body?: Body;
  readonly answer: Answer;
  readonly handle: (
    parts: Parts,
    asked: Asked<Path, z.output<Query>, z.output<Body>>,
  ) => Given<Answer> | Promise<Given<Answer>>;
}

/** A declared route, whatever its schemas are. */
export interface Route<Parts> {
  readonly method: Method;
  readonly path: string;
  readonly level: Level;
  readonly moreFrom: Level | undefined;
  readonly summary: string;
  readonly isDeprecated: boolean;
  readonly onlyReads: boolean;
  /** What shows that the caller means it. */
  readonly provenBy: "path" | "caller";
  readonly query: z.ZodType | undefined;
  readonly body: z.ZodType | undefined;
  readonly answer: DeclaredAnswer;
  /** Checks query and body, and calls the handler. Throws or rejects with what `problemHandler` answers. */
  readonly handle: (parts: Parts, request: Request, response: Response) => unknown;
}

const ANYTHING = z.unknown();

export function route<
  Parts,
  Path extends string,
  Answer extends DeclaredAnswer,
  Query extends z.ZodType = z.ZodUnknown,
  Body extends z.ZodType = z.ZodUnknown,
>(declared: Declaration<Parts, Path, Query, Body, Answer>): Route<Parts> {
  const { method, query, body, handle, moreFrom, isDeprecated = false, provenBy = "caller" } = declared;
  return {
    ...declared,
    moreFrom,
    isDeprecated,
    onlyReads: method === "get" || declared.onlyReads === true,
    provenBy,
    query,
    body,
    handle: (parts, request, response) =>
      handle(parts, {
        // Express gives each name of the path a text; schemas that are left out take anything.
        params: request.params as ParamsOf<Path>,
        query: parseRequest(query ?? ANYTHING, request.query) as z.output<Query>,
        body: parseRequest(body ?? ANYTHING, request.body) as z.output<Body>,
        request,
        response,
      }),
  };
}

/** `GET /api/devices/:id` */
export const nameOf = ({ method, path }: Pick<Route<never>, "method" | "path">): string =>
  `${method.toUpperCase()} ${path}`;
