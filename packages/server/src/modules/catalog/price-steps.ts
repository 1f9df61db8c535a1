/** Instants at which some price begins or ends: between two of them the catalog stands still. */

/** How many of the ascending instants are not after `at`. */
export function countUpTo(steps: readonly number[], at: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle] ?? at) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
