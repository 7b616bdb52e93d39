/** Asks a hub by the names of its routes, and compares each answer with the route's declaration and with the hub's OpenAPI document. */
import { Ajv2020 } from "ajv/dist/2020.js";
import { PROBLEM_TYPE, type Problem, problem } from "../../../src/contract/problem.ts";
import { type DeclaredAnswer, nameOf, type Route } from "../../../src/http/declaration/route.ts";
import { ROUTES } from "../../../src/http/routes/all-routes.ts";
import type { Asker } from "./access-world.ts";
import type { Answer, AskOptions } from "./rest.ts";

export interface DeclaredAnswers {
  /** `path` where it is not the route's own. Undefined where the answer is not JSON. */
  ask<Body>(asker: Asker, name: string, path?: string, options?: AskOptions): Promise<Answer<Body>>;
  /** What was not as declared. */
  readonly faults: readonly string[];
  /** Routes that gave what they are for. */
  readonly answered: ReadonlySet<string>;
  /** Routes by the codes of the problems that they gave. */
  readonly problems: ReadonlyMap<string, ReadonlySet<string>>;
}

type AnyRoute = Route<never>;

const statusesOf = (answer: DeclaredAnswer): readonly number[] =>
  ("statuses" in answer ? answer.statuses : undefined) ?? [answer.kind === "empty" ? 204 : 200];

const typesOf = (answer: DeclaredAnswer): readonly string[] => {
  if (answer.kind === "json") return ["application/json"];
  return answer.kind === "empty" ? [""] : answer.types;
};

const mediaType = ({ headers }: Answer<unknown>): string => String(headers["content-type"] ?? "").split(";")[0] ?? "";

const pointer = (...keys: readonly (string | number)[]): string =>
  keys.map((key) => `/${encodeURIComponent(String(key).replaceAll("~", "~0").replaceAll("/", "~1"))}`).join("");

export function createDeclaredAnswers(document: object): DeclaredAnswers {
  const faults: string[] = [];
  const answered = new Set<string>();
  const problems = new Map<string, Set<string>>();
  // Formats are held by the schemas of the contract.
  const ajv = new Ajv2020({ strict: false, validateFormats: false, validateSchema: false });
  ajv.addSchema(document, "hub:openapi");

  function judge(route: AnyRoute, answer: Answer<unknown>): string[] {
    const { status, body } = answer;
    const isProblem = !statusesOf(route.answer).includes(status);
    const type = mediaType(answer);
    if (!(isProblem ? [PROBLEM_TYPE] : typesOf(route.answer)).includes(type)) return [`${status} of type ${type}`];
    if (isProblem) {
      const { code = "" } = body as Partial<Problem>;
      problems.set(code, (problems.get(code) ?? new Set()).add(nameOf(route)));
    } else answered.add(nameOf(route));
    const declared = isProblem ? problem : "schema" in route.answer ? route.answer.schema : undefined;
    if (declared === undefined) return [];
    const { error } = declared.safeParse(body);
    return [...(error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`), ...judgeByDocument()];

    function judgeByDocument(): string[] {
      const path = pointer("paths", route.path.replace(/:(\w+)/g, "{$1}"), route.method, "responses", status);
      const at = isProblem ? "/components/schemas/Problem" : `${path}${pointer("content", type, "schema")}`;
      const isValid = ajv.validate({ $ref: `hub:openapi#${at}` }, body);
      return isValid ? [] : [`OpenAPI: ${ajv.errorsText()}`];
    }
  }

  async function ask<Body>(asker: Asker, name: string, path?: string, options: AskOptions = {}): Promise<Answer<Body>> {
    const route = ROUTES.find((each) => nameOf(each) === name);
    if (route === undefined) throw new Error(`${name} is not declared`);
    const answer = await asker.ask<Body>(path ?? route.path, { ...options, method: route.method.toUpperCase() });
    faults.push(...judge(route, answer).map((fault) => `${name}: ${answer.status} ${fault}`));
    return answer;
  }

  return { ask, faults, answered, problems };
}
