import type { Explanation } from '@intelliauth/spa-sdk/explain';

/** A stretch of the input: what it belongs to. */
export interface Piece {
  readonly text: string;
  /** A secret: shown as dots. */
  readonly hidden: boolean;
  /** The finding that is about it, by its place among them. */
  readonly finding?: number;
  /** The parameter that begins here. */
  readonly name?: string;
}

/** The input cut where a parameter or a finding begins and ends. */
export function piecesOf(input: string, { parts, findings }: Explanation): Piece[] {
  const cuts = new Set([0, input.length]);
  for (const { range } of [...parts, ...findings]) {
    if (range) for (const place of range) cuts.add(Math.min(place, input.length));
  }
  const places = [...cuts].sort((a, b) => a - b);
  return places.slice(0, -1).map((from, index) => {
    const to = places[index + 1] ?? input.length;
    const covers = (range: readonly [number, number] | null) => !!range && range[0] <= from && to <= range[1];
    const text = input.slice(from, to);
    const part = parts.find(({ range }) => covers(range));
    const finding = findings.findIndex(({ range }) => covers(range));
    return {
      text,
      hidden: !!part?.hidden,
      ...(finding >= 0 && { finding }),
      ...(part && part.range[0] === from && { name: part.name }),
    };
  });
}

/** `code=abc` with the value as dots; a name stays. */
export function withoutSecret(text: string): string {
  const at = text.search(/[=:]/);
  const dots = (value: string) => '•'.repeat(Math.min(12, value.length));
  return at < 0 ? dots(text) : text.slice(0, at + 1) + dots(text.slice(at + 1));
}
