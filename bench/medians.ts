/** Of each figure the median over several runs. */
export function medians(runs: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const middle = (key: string): number => runs.map((run) => run[key]!).sort((a, b) => a - b)[runs.length >> 1]!;
  return Object.fromEntries(Object.keys(runs[0] ?? {}).map((key) => [key, middle(key)]));
}
