/** What became of a table of figures. Pure. */
export interface Saved {
  made: number;
  changed: number;
  unchanged: number;
}

/** `rows` are those that were written, of as many as were `given`. */
export function tally(rows: readonly { made: boolean }[], given: number): Saved {
  const made = rows.filter((row) => row.made).length;
  return { made, changed: rows.length - made, unchanged: given - rows.length };
}
