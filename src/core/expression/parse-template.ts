/** Reads a template: text, `{{ expression }}`, `{% if %} … {% elif %} … {% else %} … {% endif %}` and `{# comments #}`. */
import { createExpressionParser, type ParseNode } from "./parse-expression.ts";
import { createSource, type Source } from "./source.ts";
import type { Branch, ExpressionOptions, Parsed, Template, TemplatePart } from "./syntax.ts";

const NEXT_TAG = /\{[{%#]/g;
const TAG = /\{[{%#]-?/y;
const NAME = /[A-Za-z_]\w*/y;
const END_OF_OUTPUT = /-?\}\}/y;
const END_OF_STATEMENT = /-?%\}/y;
const SPACE = /\s*/y;

export function parseTemplate(text: string, options: ExpressionOptions): Parsed<Template> {
  const source = createSource(text);
  const parser = createTemplateParser(source, createExpressionParser(source, options));
  const value = source.failure() === undefined ? parser() : undefined;
  const failure = source.failure();
  if (failure !== undefined) return failure;
  return value === undefined ? { ok: false, at: source.at(), reason: "it is no template" } : { ok: true, value };
}

/** Parts up to one of the tags that may end them, and that tag; `""`: the end of the text. */
interface Block {
  readonly template: Template;
  readonly end: string;
}

/** Undefined: the source knows why. */
function createTemplateParser(source: Source, parseExpression: ParseNode): () => Template | undefined {
  function block(ends: ReadonlySet<string>): Block | undefined {
    const parts: TemplatePart[] = [];
    for (;;) {
      const text = textBeforeTag();
      if (text !== "") parts.push({ kind: "text", text });
      const opening = source.takeHere(TAG);
      if (opening === undefined) return ended(parts, "", ends);
      if (opening.startsWith("{#")) {
        if (!skipComment()) return source.fail("the comment does not end");
        continue;
      }
      if (opening.startsWith("{{")) {
        const expression = parseExpression();
        if (expression === undefined || !closes(END_OF_OUTPUT, "}}")) return undefined;
        parts.push({ kind: "output", expression });
        continue;
      }
      const tag = source.take(NAME) ?? "";
      if (ends.has(tag)) return ended(parts, tag, ends);
      if (tag !== "if") return source.fail(`the tag ${JSON.stringify(tag)} is not supported`, source.at() - tag.length);
      const part = choice();
      if (part === undefined) return undefined;
      parts.push(part);
    }
  }

  function ended(parts: readonly TemplatePart[], end: string, ends: ReadonlySet<string>): Block | undefined {
    if (!ends.has(end)) return source.fail("{% endif %} is missing");
    return { template: { parts, isConstant: parts.every(isConstant) }, end };
  }

  /** Behind `{% if`. */
  function choice(): TemplatePart | undefined {
    if (!source.enter() || !source.count()) return undefined;
    const branches: Branch[] = [];
    for (;;) {
      const condition = parseExpression();
      if (condition === undefined || !closes(END_OF_STATEMENT, "%}")) return undefined;
      const body = block(AFTER_IF);
      if (body === undefined) return undefined;
      branches.push({ condition, body: body.template });
      if (body.end === "elif") {
        if (!source.count()) return undefined;
        continue;
      }
      if (!closes(END_OF_STATEMENT, "%}")) return undefined;
      const otherwise = body.end === "else" ? block(AFTER_ELSE) : undefined;
      if (body.end === "else" && (otherwise === undefined || !closes(END_OF_STATEMENT, "%}"))) return undefined;
      source.leave();
      return { kind: "if", branches, otherwise: otherwise?.template };
    }
  }

  function closes(end: RegExp, word: string): boolean {
    const found = source.take(end);
    if (found === undefined) source.fail(`"${word}" is missing`);
    else if (found.startsWith("-")) source.takeHere(SPACE);
    return found !== undefined;
  }

  /** Without the white space that a `-` in the tag behind it takes away. */
  function textBeforeTag(): string {
    const from = source.at();
    NEXT_TAG.lastIndex = from;
    const to = NEXT_TAG.exec(source.text)?.index ?? source.text.length;
    source.moveTo(to);
    const text = source.text.slice(from, to);
    return source.text[to + 2] === "-" ? text.trimEnd() : text;
  }

  function skipComment(): boolean {
    const end = source.text.indexOf("#}", source.at());
    if (end < 0) return false;
    source.moveTo(end + 2);
    if (source.text[end - 1] === "-") source.takeHere(SPACE);
    return true;
  }

  return () => block(AT_TOP)?.template;
}

const AT_TOP: ReadonlySet<string> = new Set([""]);
const AFTER_IF: ReadonlySet<string> = new Set(["elif", "else", "endif"]);
const AFTER_ELSE: ReadonlySet<string> = new Set(["endif"]);

function isConstant(part: TemplatePart): boolean {
  switch (part.kind) {
    case "text":
      return true;
    case "output":
      return part.expression.isConstant;
    case "if":
      return part.otherwise?.isConstant !== false && part.branches.every(isConstantBranch);
  }
}

const isConstantBranch = ({ condition, body }: Branch): boolean => condition.isConstant && body.isConstant;
