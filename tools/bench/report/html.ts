/** Text that is HTML already. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | null | readonly Part[];

/** Template tag: escapes all that is put in but `Html`; lists are joined, `null` is left out. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(
    strings.map((text, n) => text + (n < parts.length ? write(parts[n] ?? null) : "")).join(""),
  );
}

/** A value as JSON for a `<script type="application/json">`: nothing in it can end the element. */
export function inlineJson(value: unknown): Html {
  return new Html(JSON.stringify(value).replaceAll("<", "\\u003c"));
}

/** A program for a `<script>`: nothing in its strings can end the element, nor open a comment in it. */
export function inlineScript(program: string): Html {
  return new Html(program.replace(/<(?=\/script|!--)/gi, "\\x3c"));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function write(part: Part): string {
  if (part === null) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(write).join("");
  return String(part).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
