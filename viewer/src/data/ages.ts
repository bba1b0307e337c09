// Times and ages in words.

/** A time of a world as m:ss.s. */
export function clock(t: number): string {
  const tenths = Math.round(t * 10);
  const minutes = Math.floor(tenths / 600);
  return `${minutes}:${((tenths % 600) / 10).toFixed(1).padStart(4, "0")}`;
}

const SOURCES: Record<string, string> = {
  given: "known from the start", seen: "seen", heard: "heard", smelled: "smelled", sign: "read from sign", felt: "felt", told: "told",
  mark: "read from a mark",
};

/** How old knowledge is and where it comes from. */
export function sentenceOfAge(age: number, source: string | undefined): string {
  const how = SOURCES[source ?? ""] ?? "";
  const old = age < 1 ? "just now" : `${age.toFixed(0)} s ago`;
  return source === "given" ? `${how}, ${age.toFixed(0)} s old` : how ? `${how} ${old}` : old;
}
