/**
 * The folder of the local authority. The files with keys are for their owner only, and each holds
 * a key together with its certificate, so that the two can never be of different makings.
 */
import { randomBytes, X509Certificate } from "node:crypto";
import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  open,
  readFile,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { join } from "node:path";
import { addDays } from "../clock.ts";
import { limits } from "../limits.ts";
import { type KeyPair, newAuthority, newCertificate } from "./certificates.ts";
import { TlsError } from "./tls-error.ts";

export interface LocalCertificate extends KeyPair {
  /** The authority's certificate, which clients are told to trust. */
  caFile: string;
}

/** Where the authority of a data folder lies, made or not. */
export function caFileOf(dataDir: string): string {
  return join(dataDir, "tls", "ca.pem");
}

/**
 * The certificate for this machine's names, signed by the data folder's authority. Makes what is
 * missing, renews what ends soon. Of several processes that do this at once, one makes the
 * authority and all go on with that one.
 *
 * @throws TlsError when the folder cannot be used
 */
export async function localCertificate(dataDir: string, now: Date): Promise<LocalCertificate> {
  const folder = join(dataDir, "tls");
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const owner = await ownerFor(dataDir);
    await ensureFolder(folder, owner);
    const authority = await ensureAuthority(folder, owner, now);
    const caFile = caFileOf(dataDir);
    if ((await readIfThere(caFile)) !== authority.cert) {
      await publish(caFile, authority.cert, { mode: 0o644, owner, how: "replace" });
    }
    return { ...(await ensureCertificate(folder, authority, owner, now)), caFile };
  } catch (error) {
    if (error instanceof TlsError) throw error;
    throw new TlsError(
      `The certificates in ${folder} cannot be used: ${String((error as Error).message)}.`,
      `Make the folder writable for the user that runs Kontor, or delete it: Kontor makes it again.`,
      { cause: error },
    );
  }
}

interface Owner {
  uid: number;
  gid: number;
}

/** Root leaves what it makes in a user's data folder to that user, who may start Kontor next. */
async function ownerFor(dataDir: string): Promise<Owner | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const { uid, gid } = await stat(dataDir);
  return uid === 0 ? undefined : { uid, gid };
}

async function ensureFolder(folder: string, owner: Owner | undefined): Promise<void> {
  const made = await mkdir(folder, { mode: 0o700 }).then(
    () => true,
    (error: { code?: unknown }) => {
      if (error.code === "EEXIST") return false;
      throw error;
    },
  );
  if (made && owner) await chown(folder, owner.uid, owner.gid);
  await demandPrivate(folder, 0o700);
}

/** What others could read may be known to others; what others own may have been put there. */
async function demandPrivate(path: string, mode: number): Promise<void> {
  if (process.platform === "win32") return;
  const found = await lstat(path);
  if (found.isSymbolicLink()) {
    throw new TlsError(
      `${path} is a symbolic link, which could lead anywhere.`,
      "Put the folder itself there, or delete the link: Kontor makes the folder again.",
    );
  }
  const self = process.getuid?.();
  if (found.uid !== self && self !== 0) {
    throw new TlsError(
      `${path} belongs to user id ${found.uid}; Kontor runs as ${self}.`,
      "Start Kontor as that user, or delete the folder: Kontor makes it again.",
    );
  }
  if ((found.mode & 0o077) === 0) return;
  throw new TlsError(
    `${path} can be read by other users, who may know its key.`,
    `If they do not: chmod ${mode.toString(8)} "${path}". Else delete the folder tls and trust the new authority.`,
  );
}

async function ensureAuthority(
  folder: string,
  owner: Owner | undefined,
  now: Date,
): Promise<KeyPair> {
  const path = join(folder, "authority.pem");
  const known = await readPair(path);
  if (known) return known;
  const made = await newAuthority(now);
  const first = await publish(path, joined(made), { mode: 0o600, owner, how: "create" });
  const stands = first ? made : await readPair(path);
  if (stands) return stands;
  throw new TlsError(`${path} disappeared while it was made.`, "Start Kontor again.");
}

/** The certificate that stands, unless it ends soon or is of another authority. */
async function ensureCertificate(
  folder: string,
  authority: KeyPair,
  owner: Owner | undefined,
  now: Date,
): Promise<KeyPair> {
  const path = join(folder, "localhost.pem");
  const known = await readPair(path).catch((error: unknown) => {
    if (error instanceof BrokenPair) return undefined;
    throw error;
  });
  if (known && holds(known, authority, now)) return known;
  const made = await newCertificate(authority, now);
  await publish(path, joined(made), { mode: 0o600, owner, how: "replace" });
  return made;
}

function holds({ cert }: KeyPair, authority: KeyPair, now: Date): boolean {
  const certificate = new X509Certificate(cert);
  const issuer = new X509Certificate(authority.cert);
  const renewal = addDays(now, limits.tlsRenewalDays);
  return certificate.verify(issuer.publicKey) && new Date(certificate.validTo) > renewal;
}

const joined = ({ key, cert }: KeyPair) => key + cert;

/** A file that is none of ours, or half of one. */
class BrokenPair extends TlsError {}

async function readPair(path: string): Promise<KeyPair | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  await demandPrivate(path, 0o600);
  const [, key, cert] =
    /^(-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n)(-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n)$/.exec(
      text,
    ) ?? [];
  if (key !== undefined && cert !== undefined) return { key, cert };
  throw new BrokenPair(
    `${path} does not hold a key and its certificate.`,
    "Delete it: Kontor makes a new one, which clients must then trust.",
  );
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((error: unknown) => {
    if ((error as { code?: unknown }).code === "ENOENT") return undefined;
    throw error;
  });
}

/**
 * Puts a whole file under its name at once. False, and nothing changed, when it is to be created
 * and another process was first: a hard link, unlike a rename, refuses a name that is taken.
 */
async function publish(
  path: string,
  text: string,
  { mode, owner, how }: { mode: number; owner: Owner | undefined; how: "create" | "replace" },
): Promise<boolean> {
  const temporary = `${path}.new-${randomBytes(6).toString("hex")}`;
  try {
    const handle = await open(temporary, "wx", mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await chmod(temporary, mode); // whatever the umask is
    if (owner) await chown(temporary, owner.uid, owner.gid);
    if (how === "create") await link(temporary, path);
    else await rename(temporary, path);
    return true;
  } catch (error) {
    if (how === "create" && (error as { code?: unknown }).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}
