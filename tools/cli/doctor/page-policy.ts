/** What a page's Content-Security-Policy refused, as the browser reports it. */
export interface Violation {
  /** The directive that is missing a source, for example `img-src`. */
  readonly directive: string;
  /** `blob`, or the address that was refused. */
  readonly blocked: string;
  /** The whole policy. */
  readonly policy: string;
}

/** What doctor keeps in the page. */
interface WatchedWindow {
  __hyperframesNativeViolations?: Violation[];
}

/** Runs in the page: notes what its policy refuses from here on. */
export function watchViolations(): void {
  const violations: Violation[] = [];
  (window as WatchedWindow).__hyperframesNativeViolations = violations;
  document.addEventListener("securitypolicyviolation", (event) => {
    const { effectiveDirective: directive, blockedURI: blocked, originalPolicy: policy } = event;
    violations.push({ directive, blocked, policy });
  });
}

/** Runs in the page: what was noted. The events come as tasks, so one more task is waited for. */
export async function readViolations(): Promise<Violation[]> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  return (window as WatchedWindow).__hyperframesNativeViolations ?? [];
}

/** The violation that stands between a page and its frames, if one does: blobs first, they are the faster way. */
export function decisiveViolation(violations: readonly Violation[]): Violation | undefined {
  return (
    violations.find(({ blocked }) => blocked === "blob") ??
    violations.find(({ blocked }) => blocked.startsWith("http://127.0.0.1:")) ??
    violations.find(({ blocked }) => blocked === "data")
  );
}

/** How the policy has to be written for frames to pass. */
export function policyAdvice({ directive, blocked, policy }: Violation): string {
  const source = blocked === "blob" || blocked === "data" ? `${blocked}:` : "http://127.0.0.1:*";
  const directives = policy.split(";").map((text) => text.trim());
  const named = (name: string) => directives.find((text) => text.toLowerCase().split(/\s+/, 1)[0] === name);
  const own = named(directive);
  const holds = own ?? named("default-src") ?? directive;
  const sources = holds.split(/\s+/).slice(1);
  const kept = sources.filter((text) => text.toLowerCase() !== "'none'");
  const wanted = [directive, ...kept, source].join(" ");
  return own === undefined
    ? `Add "${wanted}" to the page's Content-Security-Policy ("${holds}" holds without it).`
    : `Write "${wanted}" instead of "${own}" in the page's Content-Security-Policy.`;
}
