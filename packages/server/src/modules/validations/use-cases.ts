import { refuse } from "../../foundation/errors.ts";
import type { Context } from "../../foundation/partner.ts";
import { isDomainTaken } from "../customers/index.ts";

/** True where no new customer could have the domain: the rule that creating one goes by. */
async function isTaken({ db, partner }: Context, domain: string): Promise<boolean> {
  const wanted = domain.trim().toLowerCase();
  if (wanted === partner.domain.toLowerCase()) return true;
  return isDomainTaken(db, partner.partnerId, wanted);
}

/** Answers nothing where the domain is taken. @throws Refusal NOT_FOUND where it is free */
export async function requireTaken(context: Context, domain: string): Promise<undefined> {
  if (!(await isTaken(context, domain))) refuse("NOT_FOUND", `the domain ${domain} is free`);
}

/** Whether a customer could have the domain `<prefix>.onmicrosoft.com`. */
export async function isPrefixFree(context: Context, prefix: string): Promise<boolean> {
  return !(await isTaken(context, `${prefix}.onmicrosoft.com`));
}
