/** COPY of lines into a table, with one way to end for each way to fail. */
import { once } from "node:events";
import type pg from "pg";
import copyStreams from "pg-copy-streams";

export interface RowCopy {
  /** Waits where PostgreSQL is slower than the source, so that no more than this text is held. */
  write(text: string): Promise<void>;
  /** Waits until PostgreSQL has all lines. */
  end(): Promise<void>;
  /** Gives the COPY up, after which the connection can be used again if it is still there. */
  cancel(): Promise<void>;
}

/** @param statement `COPY … FROM STDIN`; every later query waits until it has ended */
export function startCopy(client: pg.PoolClient, statement: string): RowCopy {
  const copy = client.query(copyStreams.from(statement));
  let hasFailed = false;
  copy.once("error", () => {
    hasFailed = true;
  });
  // Rejects when PostgreSQL refuses a line or the connection is lost, whatever is waited for.
  const finished = once(copy, "finish");
  finished.catch(() => undefined);

  return {
    async write(text) {
      if (hasFailed) await finished;
      if (copy.write(text)) return;
      const drained = once(copy, "drain");
      drained.catch(() => undefined);
      await Promise.race([drained, finished]);
    },
    async end() {
      if (!hasFailed) copy.end();
      await finished;
    },
    async cancel() {
      // A COPY that PostgreSQL has ended takes no more messages.
      if (hasFailed || copy.destroyed) return;
      const closed = once(copy, "close").catch(() => undefined);
      copy.destroy();
      await closed;
    },
  };
}
