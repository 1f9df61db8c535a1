/** Walks a collection page by page, by its continuation token. */
export interface Page<T> {
  items: T[];
  continuationToken?: string;
}

/**
 * All items of a seek-paged collection, one page in memory at a time. `fetchPage` is given the
 * query of the next page, to be merged into the first one's.
 */
export async function* allItems<T>(
  fetchPage: (next: {
    seekOperation?: "Next";
    "MS-ContinuationToken"?: string;
  }) => Promise<Page<T>>,
): AsyncGenerator<T> {
  let page = await fetchPage({});
  yield* page.items;
  while (page.continuationToken !== undefined) {
    page = await fetchPage({
      seekOperation: "Next",
      "MS-ContinuationToken": page.continuationToken,
    });
    yield* page.items;
  }
}
