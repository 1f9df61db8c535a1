/** Who types this name and this password. */
import type { Db } from "../../../../foundation/database/sql.ts";
import { newSecret } from "../../../../foundation/ids.ts";
import { hashSecret, matchesSecret } from "../../secrets.ts";
import { type User, userByName } from "../../store.ts";

/** Compared with when the user does not exist, so that the time of the answer tells nothing. */
const nobodysHash = hashSecret(newSecret());

/** The user whose name and password these are; `partnerId` is undefined when nobody can be. */
export async function userByPassword(
  db: Db,
  partnerId: string | undefined,
  name: string,
  password: string,
): Promise<User | undefined> {
  const user = partnerId === undefined ? undefined : await userByName(db, partnerId, name.trim());
  const matches = await matchesSecret(password, user?.passwordHash ?? (await nobodysHash));
  return matches ? user : undefined;
}
