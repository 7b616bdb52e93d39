/** The owner's own body of a webhook: which words it may name, and how they are filled in. Pure. */

/** Nothing else can be named: no setting, no secret, nothing of the machine. */
export const TEMPLATE_WORDS = [
  "title",
  "text",
  "severity",
  "id",
  "time",
  "device",
  "rule",
  "kind",
  "more",
  "acknowledgeUrl",
  "pageUrl",
] as const;
export type TemplateWord = (typeof TEMPLATE_WORDS)[number];

export type TemplateValues = Readonly<Record<TemplateWord, string>>;

export interface RenderedTemplate {
  readonly body: string;
  readonly isJson: boolean;
}

const PLACEHOLDER = /\{([A-Za-z_$][\w.$-]*)\}/g;

const BEGINS_AS_JSON = /^\s*(?:\{\s*"|\[\s*["{])/;

const isWord = (name: string): name is TemplateWord => TEMPLATE_WORDS.some((word) => word === name);

/** Undefined: it can be filled in. */
export function templateFault(template: string): string | undefined {
  const unknown = [...template.matchAll(PLACEHOLDER)].map(([, name = ""]) => name).find((name) => !isWord(name));
  if (unknown !== undefined) {
    return `The template names {${unknown}}, which there is not. It may name ${TEMPLATE_WORDS.map((word) => `{${word}}`).join(" ")}`;
  }
  if (BEGINS_AS_JSON.test(template) && parsed(template) === undefined) {
    return 'The template begins as JSON does, and is none. Words such as {title} belong inside of quotation marks: "{title}"';
  }
  return undefined;
}

/**
 * A template that is JSON stays JSON with the same structure, whatever a device says: words are filled in inside of its strings only.
 * Any other is text.
 */
export function renderTemplate(template: string, values: TemplateValues): RenderedTemplate {
  const filled = (text: string): string =>
    text.replace(PLACEHOLDER, (whole, name: string) => (isWord(name) ? values[name] : whole));
  const json = parsed(template);
  return json === undefined
    ? { body: filled(template), isJson: false }
    : { body: JSON.stringify(filledJson(json.value, filled)), isJson: true };
}

function filledJson(value: unknown, filled: (text: string) => string): unknown {
  if (typeof value === "string") return filled(value);
  if (Array.isArray(value)) return value.map((item) => filledJson(item, filled));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, filledJson(item, filled)]));
}

/** Only objects, arrays and strings: a template `12` is text. */
function parsed(template: string): { readonly value: unknown } | undefined {
  if (!/^\s*[{["]/.test(template)) return undefined;
  try {
    return { value: JSON.parse(template) };
  } catch {
    return undefined;
  }
}
