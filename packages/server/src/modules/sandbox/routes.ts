/** The control plane of a sandbox: the partner's clock, and further partners. */
import { sandboxOperations } from "@kontor/contract";
import { systemNow, wireInstant } from "../../foundation/clock.ts";
import { bind } from "../../foundation/http/binding.ts";
import type { DueHandlers } from "../due/index.ts";
import { createPartner } from "../identity/index.ts";
import { moveClock } from "./use-cases/move-clock.ts";

const o = sandboxOperations;

export function createSandboxRoutes({ dueHandlers }: { dueHandlers: DueHandlers }) {
  return {
    getClock: bind(o.getClock, async ({ now, partner }) => ({
      now: wireInstant(now),
      frozen: partner.clock.frozenAt !== null,
      ran: [],
    })),

    setClock: bind(o.setClock, (context, { body }) => moveClock(context, body, dueHandlers), {
      exclusive: true,
    }),

    createPartner: bind(o.createPartner, ({ db }, { body }) =>
      // The new partner's clock is the machine's, whatever the caller's says.
      createPartner(db, body ?? {}, systemNow()),
    ),
  };
}
