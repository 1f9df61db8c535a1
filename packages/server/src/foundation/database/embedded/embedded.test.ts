import { type ChildProcess, execFile, spawn } from "node:child_process";
import {
  chmod,
  chown,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Account, firstClosedFolder, parsePasswd } from "./account.ts";
import { hydrateLinks, locateBinaries, reachableBinaries } from "./binaries.ts";
import { writeWhole } from "./files.ts";
import { DataFolderError, type EmbeddedPostgres, startEmbedded } from "./index.ts";
import { LOG_LIMIT_BYTES, openLogFile } from "./logfile.ts";
import { findPostmaster, isAlive, serves, stopPostmaster } from "./postmaster.ts";
import { childEnvironment } from "./settings.ts";
import { copyCheckout } from "./test-fixtures/checkout.ts";
import { waitUntil } from "./wait.ts";

const AS_ROOT = process.getuid?.() === 0;
const OWNER = join(import.meta.dirname, "test-fixtures/owner.ts");

/** A start or stop takes 0.05 s, a first start 1 s; the rest is for a busy machine. */
const PATIENCE_MS = 30_000;

/** Everything the tests make; all may enter it, so that root's PostgreSQL need not go elsewhere. */
let room: string;
/** A data folder with a database, shared by the tests that need no fresh one. */
let shared: string;
/** A copy of the installation that all may enter. */
let openOwner: string;

const open: EmbeddedPostgres[] = [];
const processes: ChildProcess[] = [];

type Entry = [level: string, message: string];

async function start(dataDir: string, ownerPid?: number) {
  const logged: Entry[] = [];
  const log = (level: string, message: string) => void logged.push([level, message]);
  const server = await startEmbedded({ dataDir, log, ...(ownerPid ? { ownerPid } : {}) });
  open.push(server);
  return Object.assign(server, { logged });
}

async function failure(work: Promise<unknown>): Promise<DataFolderError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof DataFolderError) return error;
  throw new Error("no DataFolderError", { cause: error });
}

type Report = {
  ready?: { postgres: number; adopted: boolean; connection: EmbeddedPostgres["connection"] };
  failed?: { code: string; message: string; nextStep: string };
};
type SpawnSettings = {
  script?: string;
  node?: string;
  uid?: number;
  gid?: number;
  env?: NodeJS.ProcessEnv;
  places?: object;
};

/** Runs owner.ts in a process of its own. `report` is what it prints; `up` expects a server. */
function spawnOwner(dataDir: string, settings: SpawnSettings = {}) {
  const { script = OWNER, node = process.execPath, uid, gid, env, places } = settings;
  const child = spawn(node, [script, dataDir, ...(places ? [JSON.stringify(places)] : [])], {
    cwd: "/",
    detached: true, // its own group, so that a test can kill it together with initdb
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, NODE_OPTIONS: "", ...env },
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
  processes.push(child);
  const pid = child.pid ?? Number.NaN;
  const gone = new Promise<void>((settle) => child.once("exit", () => settle()));
  const report = new Promise<Report>((settle, refuse) => {
    createInterface(child.stdout).once("line", (line) => settle(JSON.parse(line)));
    gone.then(() => refuse(new Error(`${script} said nothing`)));
  });
  report.catch(() => undefined); // a test that kills it does not read it
  const up = async () => {
    const { ready, failed } = await report;
    return ready ?? expect.fail(JSON.stringify(failed));
  };
  const end = async (signal?: "SIGKILL") => {
    if (signal) process.kill(-pid, signal);
    else child.stdin.end();
    await gone;
  };
  return { pid, report, up, end };
}

async function query(server: Pick<EmbeddedPostgres, "connection">, sql: string) {
  const client = new pg.Client({ ...server.connection, ssl: false });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: "array" })).rows.flat();
  } finally {
    await client.end();
  }
}

/** A stopped data folder with the rows of the shared one: faster than a first start. */
async function seed(dataDir: string): Promise<void> {
  await (await start(shared)).stop();
  await promisify(execFile)("cp", ["-a", shared, dataDir]);
}

/** Asks until the server answers, as a pool would that reconnects. */
async function queryAgain(server: Pick<EmbeddedPostgres, "connection">, sql: string) {
  let rows: unknown[] = [];
  const answered = await waitUntil(async () => {
    try {
      rows = await query(server, sql);
      return true;
    } catch {
      return false;
    }
  }, PATIENCE_MS);
  expect(answered).toBe(true);
  return rows;
}

/** Names, sizes and times of all that is in a folder. */
async function listing(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const lines = names.map(async (name) => {
    const { size, mtimeMs, mode } = await stat(join(folder, name));
    return `${name} ${size} ${mtimeMs} ${mode}`;
  });
  return (await Promise.all(lines)).sort();
}

const unfinished = async (folder: string) =>
  (await readdir(folder)).filter((name) => name.includes(".new-"));

const OWNER_BACKEND = `SELECT pid FROM pg_stat_activity
  WHERE application_name LIKE 'kontor owner %' ORDER BY backend_start`;
const LOCKS_HELD = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted";

beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), "kontor-embedded-"));
  await chmod(room, 0o755);
  shared = join(room, "shared");
  openOwner = await copyCheckout(join(room, "checkout"));
}, PATIENCE_MS);

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.stop()));
  for (const child of processes.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const gone = new Promise((settle) => child.once("exit", settle));
    child.stdin?.end();
    await gone;
  }
}, PATIENCE_MS);

afterAll(async () => {
  const left: number[] = [];
  for (const name of await readdir(room)) {
    const running = await findPostmaster(join(room, name, "postgres"));
    if (running) left.push(running.pid);
  }
  await rm(room, { recursive: true, force: true });
  expect(left).toEqual([]);
}, PATIENCE_MS);

describe("a first start", { timeout: PATIENCE_MS }, () => {
  it("makes a durable UTF-8 database of C collation behind a private socket", async () => {
    const server = await start(shared);
    expect(server.adopted).toBe(false);
    expect(server.connection).toEqual({
      host: join(shared, "postgres"),
      port: 5432,
      user: "kontor",
      database: "kontor",
    });
    expect((await stat(server.connection.host)).mode & 0o777).toBe(0o700);
    const names = ["fsync", "full_page_writes", "synchronous_commit", "data_checksums"];
    for (const name of names)
      expect([name, await query(server, `SHOW ${name}`)]).toEqual([name, ["on"]]);
    expect(await query(server, "SHOW listen_addresses")).toEqual([""]);
    expect(await query(server, "SHOW server_encoding")).toEqual(["UTF8"]);
    expect(
      await query(server, "SELECT datcollate FROM pg_database WHERE datname = 'kontor'"),
    ).toEqual(["C"]);
    expect(await readFile(join(shared, "kontor.json"), "utf8")).toBe(
      '{"format":1,"postgres":18}\n',
    );
    expect((await readdir(shared)).sort()).toEqual(["kontor.json", "postgres", "postgres.log"]);
  });

  it("is followed by starts that find the rows again", async () => {
    const first = await start(shared);
    await query(first, "CREATE TABLE kept AS SELECT 7 AS n");
    await first.stop();
    const second = await start(shared);
    expect(await query(second, "SELECT n FROM kept")).toEqual([7]);
  });

  it("that was killed leaves nothing half-made, and the next one sweeps its remains", async () => {
    const dataDir = join(room, "cut-short");
    const owner = spawnOwner(dataDir);
    const begun = await waitUntil(
      async () =>
        (await readdir(dataDir).catch(() => [])).some((name) => name.startsWith("postgres.new-")),
      PATIENCE_MS,
    );
    await owner.end("SIGKILL");
    expect(begun).toBe(true);
    expect(await unfinished(dataDir)).toHaveLength(1);
    expect(await readdir(dataDir)).not.toContain("postgres");
    const server = await start(dataDir);
    expect(await query(server, "SELECT 1")).toEqual([1]);
    expect(await unfinished(dataDir)).toEqual([]);
  });

  it("that was killed between its last two steps is finished by the next one", async () => {
    const dataDir = join(room, "almost");
    await seed(dataDir);
    await writeFile(join(dataDir, "kontor.json"), '{"format":1,"postgres":18,"initialising":true}');
    expect(await query(await start(dataDir), "SELECT n FROM kept")).toEqual([7]);
    expect(await readFile(join(dataDir, "kontor.json"), "utf8")).toBe(
      '{"format":1,"postgres":18}\n',
    );
  });

  it("puts the socket into a private temporary folder when the path is too long", async () => {
    const dataDir = join(room, "long-".repeat(20));
    await seed(dataDir);
    const server = await start(dataDir);
    const { host } = server.connection;
    expect(host).not.toContain(dataDir);
    expect((await stat(host)).mode & 0o777).toBe(0o700);
    expect(await query(server, "SELECT n FROM kept")).toEqual([7]);
    await server.stop();
    await expect(stat(host)).rejects.toThrow("ENOENT");
    const again = await start(dataDir);
    expect(again.connection.host).toBe(host);
  });

  it("of two processes at once, without library links, is won by exactly one", async () => {
    const dataDir = join(room, "race");
    const owners = [1, 2].map(() => spawnOwner(dataDir, { script: openOwner }));
    const reports = await Promise.all(owners.map((owner) => owner.report));
    const winner = reports.findIndex((report) => report.ready);
    const loser = reports[1 - winner]?.failed;
    expect(loser?.code).toBe("IN_USE");
    expect(loser?.message).toContain(`process ${owners[winner]?.pid}.`);
    const { connection } = reports[winner]?.ready ?? (await start(dataDir));
    expect(await query({ connection }, "CREATE TABLE t AS SELECT 1 AS n")).toEqual([]);
    expect(await query({ connection }, "SELECT n FROM t")).toEqual([1]);
    await owners[winner]?.end();
    expect(await findPostmaster(join(dataDir, "postgres"))).toBeUndefined();
    expect(await unfinished(dataDir)).toEqual([]);
  });
});

describe("a file that is written whole", () => {
  it("is created by one of many, and replaced by any", async () => {
    const path = join(room, "whole");
    const texts = Array.from({ length: 8 }, (_, index) => `text ${index}`);
    const created = await Promise.all(texts.map((text) => writeWhole(path, text, "create")));
    expect(created.filter((did) => did)).toHaveLength(1);
    expect(await readFile(path, "utf8")).toBe(texts[created.indexOf(true)]);
    expect(await writeWhole(path, "new", "replace")).toBe(true);
    expect(await readFile(path, "utf8")).toBe("new");
    expect(await unfinished(room)).toEqual([]);
  });
});

describe("library links", () => {
  it("are made by two processes at once, and found made the next time", async () => {
    const { native } = await locateBinaries();
    const copy = join(room, "links/native");
    await mkdir(join(copy, "lib"), { recursive: true });
    await copyFile(join(native, "pg-symlinks.json"), join(copy, "pg-symlinks.json"));
    const links: { source: string; target: string }[] = JSON.parse(
      await readFile(join(copy, "pg-symlinks.json"), "utf8"),
    );
    for (const { source } of links) await writeFile(join(room, "links", source), source);
    const binaries = { ...(await locateBinaries()), native: copy };
    await Promise.all([hydrateLinks(binaries), hydrateLinks(binaries)]);
    await hydrateLinks(binaries);
    for (const { source, target } of links) {
      expect(await readFile(join(room, "links", target), "utf8")).toBe(source);
    }
  });
});

describe("one owner at a time", { timeout: PATIENCE_MS }, () => {
  it("refuses a second process soon and names the first", async () => {
    const owner = spawnOwner(shared);
    const { postgres } = await owner.up();
    const began = performance.now();
    const refusal = await failure(start(shared)); // 1.1 s
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(refusal.code).toBe("IN_USE");
    expect(refusal.message).toBe(`The data folder ${shared} is in use by process ${owner.pid}.`);
    expect(refusal.nextStep).toContain("KONTOR_DATA_DIR");
    expect((await findPostmaster(join(shared, "postgres")))?.pid).toBe(postgres);
    await owner.end();
  });

  it("names the process given as ownerPid", async () => {
    await start(shared, process.ppid);
    const refusal = await failure(start(shared));
    expect(refusal.message).toContain(`process ${process.ppid}.`);
  });

  it("takes over the server that a killed process left, and stops it", async () => {
    const owner = spawnOwner(shared);
    const { postgres } = await owner.up();
    expect(process.kill(-postgres, 0)).toBe(true); // leads a group of its own: no Ctrl-C
    await owner.end("SIGKILL");
    const server = await start(shared);
    expect([server.adopted, server.pid()]).toEqual([true, postgres]);
    expect(await query(server, "SELECT n FROM kept")).toEqual([7]);
    await server.stop();
    // Not isAlive: where no one reaps orphans, the ended process remains as a zombie.
    expect(await serves(postgres, join(shared, "postgres"))).toBe(false);
  });

  it("waits for a killed owner whose connection has not been noticed dead", async () => {
    const owner = spawnOwner(shared);
    const { connection } = await owner.up();
    const [backend] = await query({ connection }, OWNER_BACKEND);
    process.kill(Number(backend), "SIGSTOP");
    await owner.end("SIGKILL");
    const starting = start(shared);
    const asks = await waitUntil(
      async () => (await query({ connection }, OWNER_BACKEND)).length === 2,
      PATIENCE_MS,
    );
    process.kill(Number(backend), "SIGCONT");
    expect(asks).toBe(true);
    expect((await starting).adopted).toBe(true);
  });

  it("follows on when the owner stops the server at that very moment", async () => {
    const owner = spawnOwner(shared);
    const { connection, postgres } = await owner.up();
    const starting = start(shared);
    const asks = await waitUntil(
      async () => (await query({ connection }, OWNER_BACKEND)).length === 2,
      PATIENCE_MS,
    );
    await owner.end();
    expect(asks).toBe(true);
    const server = await starting;
    expect(server.adopted).toBe(false);
    expect(server.pid()).not.toBe(postgres);
  });

  it("starts no second server beside one whose process it cannot see", async () => {
    const owner = spawnOwner(shared);
    const { postgres } = await owner.up();
    const pidFile = join(shared, "postgres/postmaster.pid");
    await rename(pidFile, `${pidFile}.away`);
    const refusal = await failure(start(shared));
    await rename(`${pidFile}.away`, pidFile);
    expect(refusal.code).toBe("IN_USE");
    expect(refusal.message).toContain(`process ${owner.pid}.`);
    expect((await findPostmaster(join(shared, "postgres")))?.pid).toBe(postgres);
    await owner.end();
  });

  it("is not fooled by a pid that now belongs to another process", async () => {
    const owner = spawnOwner(shared);
    const { postgres } = await owner.up();
    process.kill(postgres, "SIGSTOP"); // so that it is not started again by its owner
    await owner.end("SIGKILL");
    process.kill(postgres, "SIGKILL");
    // PostgreSQL itself sees through the pid of another user's process, so it is the same user's.
    const { uid, gid } = await stat(join(shared, "postgres"));
    const bystander = spawn("cat", AS_ROOT ? { uid, gid } : {});
    processes.push(bystander);
    for (const name of ["postmaster.pid", ".s.PGSQL.5432.lock"]) {
      const file = join(shared, "postgres", name);
      const text = await readFile(file, "utf8");
      await writeFile(file, text.replace(/^\d+/, String(bystander.pid)));
    }
    const server = await start(shared);
    expect(server.adopted).toBe(false);
    expect(await query(server, "SELECT n FROM kept")).toEqual([7]);
    await server.stop();
    expect(isAlive(bystander.pid ?? 0)).toBe(true);
  });
});

describe("a crash of PostgreSQL", { timeout: PATIENCE_MS }, () => {
  async function killAndAsk(server: Awaited<ReturnType<typeof start>>) {
    const before = server.pid();
    server.logged.length = 0;
    process.kill(before, "SIGKILL");
    const back = () => server.logged.some(([, message]) => message === "PostgreSQL is back");
    expect(await waitUntil(back, PATIENCE_MS)).toBe(true);
    expect(server.logged.map(([level]) => level)).toContain("warn");
    expect(server.pid()).not.toBe(before);
    expect(await queryAgain(server, "SELECT n FROM kept")).toEqual([7]);
    expect(await query(server, LOCKS_HELD)).toEqual(["1"]);
  }

  it("is mended for a server that was started here", async () => {
    const server = await start(shared);
    await killAndAsk(server);
    await killAndAsk(server);
  });

  it("is mended for a server that was taken over", async () => {
    const owner = spawnOwner(shared);
    await owner.up();
    await owner.end("SIGKILL");
    const server = await start(shared);
    expect(server.adopted).toBe(true);
    await killAndAsk(server);
  });

  it("of one backend only leaves the server and takes the lock again", async () => {
    const server = await start(shared);
    const before = server.pid();
    const [backend] = await query(server, OWNER_BACKEND);
    process.kill(Number(backend), "SIGKILL");
    const back = () => server.logged.some(([, message]) => message === "PostgreSQL is back");
    expect(await waitUntil(back, PATIENCE_MS)).toBe(true);
    expect(server.pid()).toBe(before);
    expect(await query(server, LOCKS_HELD)).toEqual(["1"]);
  });

  it("that comes back each time is given up with an error in the log", async () => {
    const dataDir = join(room, "broken");
    await seed(dataDir);
    const server = await start(dataDir);
    const control = join(dataDir, "postgres/global/pg_control");
    await rename(control, `${control}.away`);
    process.kill(server.pid(), "SIGKILL");
    const givenUp = () => server.logged.some(([, message]) => /not started again/.test(message));
    expect(await waitUntil(givenUp, PATIENCE_MS)).toBe(true);
    expect(server.logged.filter(([level]) => level === "error")).toHaveLength(6);
    await server.stop();
    const refusal = await failure(start(dataDir));
    expect(refusal.code).toBe("START_FAILED");
    expect(refusal.message).toContain("pg_control");
    expect(refusal.nextStep).toContain(join(dataDir, "postgres.log"));
  });
});

describe("stop", { timeout: PATIENCE_MS }, () => {
  it("ends the process and its clients, once, and starts nothing again", async () => {
    const server = await start(shared);
    const client = new pg.Client({ ...server.connection, ssl: false });
    client.on("error", () => undefined);
    await client.connect();
    await client.query("BEGIN");
    await client.query("DELETE FROM kept");
    const pid = server.pid();
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    expect(isAlive(pid)).toBe(false);
    expect(server.logged).toEqual([]);
    expect(await findPostmaster(join(shared, "postgres"))).toBeUndefined();
    expect(await query(await start(shared), "SELECT n FROM kept")).toEqual([7]);
  });

  it("goes on to an immediate shutdown when the fast one takes too long", async () => {
    const server = await start(shared);
    const [checkpointer] = await query(
      server,
      "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'",
    );
    process.kill(Number(checkpointer), "SIGSTOP"); // no checkpoint, so no fast shutdown
    const log = join(shared, "postgres.log");
    const before = (await readFile(log, "utf8")).length;
    const said = async () => (await readFile(log, "utf8")).slice(before);
    const cluster = join(shared, "postgres");
    const stopping = stopPostmaster(server.pid(), cluster, await locateBinaries(), 50);
    const harder = await waitUntil(
      async () => (await said()).includes("received immediate shutdown request"),
      PATIENCE_MS,
    );
    process.kill(Number(checkpointer), "SIGCONT");
    await stopping;
    expect(harder).toBe(true);
    expect(await said()).toContain("received fast shutdown request");
    await server.stop();
  });

  it("during a restart leaves no server behind", async () => {
    const server = await start(shared);
    process.kill(server.pid(), "SIGKILL");
    const noticed = await waitUntil(() => server.logged.length > 0, PATIENCE_MS, 1);
    expect(noticed).toBe(true);
    await server.stop();
    expect(await findPostmaster(join(shared, "postgres"))).toBeUndefined();
    expect((await start(shared)).adopted).toBe(false);
  });
});

describe("a data folder that does not fit", { timeout: PATIENCE_MS }, () => {
  const marked = (text: string) => async (folder: string) => {
    await mkdir(join(folder, "postgres"), { recursive: true });
    await writeFile(join(folder, "postgres/PG_VERSION"), "18\n");
    await writeFile(join(folder, "kontor.json"), text);
  };
  it.each([
    ["another format", "UNKNOWN_VERSION", "format is 2", marked('{"format":2,"postgres":18}')],
    [
      "another major version",
      "UNKNOWN_VERSION",
      "PostgreSQL 17",
      marked('{"format":1,"postgres":17}'),
    ],
    ["a torn marker", "UNKNOWN_VERSION", "not readable", marked('{"format":1,')],
    ["a marker of another kind", "UNKNOWN_VERSION", "not readable", marked("null")],
    [
      "a pointer out of Kontor's place",
      "UNKNOWN_VERSION",
      "/etc is not in",
      marked('{"format":1,"postgres":18,"cluster":"/etc"}'),
    ],
    [
      "a pointer that climbs",
      "UNKNOWN_VERSION",
      "is not in",
      marked('{"format":1,"postgres":18,"cluster":"/var/lib/kontor/.."}'),
    ],
    [
      "a cluster of another version",
      "UNKNOWN_VERSION",
      "has PostgreSQL 17",
      async (folder: string) => {
        await marked('{"format":1,"postgres":18}')(folder);
        await writeFile(join(folder, "postgres/PG_VERSION"), "17\n");
        if (AS_ROOT) await chown(join(folder, "postgres"), 65534, 65534);
      },
    ],
    [
      "files of someone else",
      "NOT_OURS",
      "holds thesis.txt",
      async (folder: string) => {
        await mkdir(folder);
        await writeFile(join(folder, "thesis.txt"), "precious");
      },
    ],
    [
      "a lost cluster",
      "DATABASE_MISSING",
      "has lost its database",
      async (folder: string) => {
        await mkdir(folder);
        await writeFile(join(folder, "kontor.json"), '{"format":1,"postgres":18}');
      },
    ],
  ])("because of %s is refused and left as it is", async (name, code, reason, prepare) => {
    const dataDir = join(room, `refused ${name}`);
    await prepare(dataDir);
    const before = await listing(dataDir);
    const refusal = await failure(start(dataDir));
    expect(refusal.code).toBe(code);
    expect(refusal.message).toContain(reason);
    expect(refusal.nextStep).not.toBe("");
    expect(await listing(dataDir)).toEqual(before);
    expect(before.length).toBeGreaterThan(0);
  });

  it("because it is a file, or below one, is refused", async () => {
    const file = join(room, "file");
    await writeFile(file, "precious");
    expect((await failure(start(file))).code).toBe("NOT_OURS");
    const below = await failure(start(join(file, "below")));
    expect(below.code).toBe("NOT_WRITABLE");
    expect(below.message).toContain("a part of its path is not a folder");
    expect(await readFile(file, "utf8")).toBe("precious");
  });

  it("may still be a mounted volume, or one on which a first claim was cut short", async () => {
    const dataDir = join(room, "volume");
    await mkdir(join(dataDir, "lost+found"), { recursive: true });
    await writeFile(join(dataDir, "kontor.json.new-0123456789ab"), "{");
    await start(dataDir);
    expect(await unfinished(dataDir)).toEqual([]);
  });
});

/** A comma splits a list of folders, a quote ends a name in it; shells mind the rest. */
const AWKWARD = `a b, "c" 'd' Büro $HOME`;

describe("the environment of the parent", { timeout: PATIENCE_MS }, () => {
  it("does not reach PostgreSQL or the owner's connection, nor does an awkward path harm", async () => {
    const env = {
      PGPORT: "1",
      PGDATA: "/nowhere",
      PGHOST: "nowhere.invalid",
      PGUSER: "nobody",
      PGOPTIONS: "-c no_such_setting=1",
      PGSSLMODE: "require",
      LC_ALL: "xx_XX.UTF-8",
      TZ: "Asia/Tokyo",
      LD_LIBRARY_PATH: "/nowhere",
    };
    const dataDir = join(room, AWKWARD);
    const owner = spawnOwner(dataDir, { env });
    const { connection } = await owner.up();
    expect(await query({ connection }, "SHOW lc_messages")).toEqual(["C"]);
    expect(await query({ connection }, "SHOW timezone")).toEqual(["UTC"]);
    expect(Object.keys(childEnvironment()).sort()).toEqual(["LC_ALL", "PATH", "TZ"]);
    await owner.end();
  });
});

describe("postgres.log", { timeout: PATIENCE_MS }, () => {
  it("is cut to its last lines when it has grown past its limit, and goes on", async () => {
    const folder = join(room, "log");
    await mkdir(folder);
    const path = join(folder, "postgres.log");
    await writeFile(path, "old line\n".repeat(LOG_LIMIT_BYTES / 8));
    const log = await openLogFile(folder);
    const cut = (await stat(path)).size;
    expect(cut).toBeLessThanOrEqual(64 * 1024);
    expect(cut).toBeGreaterThan(63 * 1024);
    await writeFile(path, "new line\n", { flag: "a" });
    expect(await log.tail(cut)).toBe("new line\n");
    expect(await log.tail(0)).toMatch(/^.*\n(old line\n)+new line\n$/);
    await log.close();
  });

  it("stays whole up to its limit", async () => {
    const folder = join(room, "log at limit");
    await mkdir(folder);
    await writeFile(join(folder, "postgres.log"), "x".repeat(LOG_LIMIT_BYTES));
    const log = await openLogFile(folder);
    expect(await log.size()).toBe(LOG_LIMIT_BYTES);
    await log.close();
  });
});

describe("accounts", () => {
  it("are read from passwd, whatever else it holds", () => {
    expect(
      parsePasswd("root:x:0:0:root:/root:/bin/sh\n\n+nis\nnobody:x:65534:65533::/:\n"),
    ).toEqual([
      { name: "root", uid: 0, gid: 0 },
      { name: "nobody", uid: 65534, gid: 65533 },
    ]);
  });

  it("enter a folder by the mode bits that concern them, each folder on the way", async () => {
    const folder = join(room, "way");
    await mkdir(join(folder, "in"), { recursive: true });
    const { uid, gid } = await stat(folder);
    const may = async (mode: number, user: number, group: number) => {
      await chmod(folder, mode);
      const closed = await firstClosedFolder(join(folder, "in"), {
        uid: user,
        gid: group,
        name: "x",
      });
      await chmod(folder, 0o755);
      return closed ?? "open";
    };
    expect(await may(0o701, uid + 1, gid + 1)).toBe("open");
    expect(await may(0o770, uid + 1, gid + 1)).toBe(folder);
    expect(await may(0o710, uid + 1, gid)).toBe("open");
    expect(await may(0o701, uid + 1, gid)).toBe(folder);
    expect(await may(0o700, uid, gid + 1)).toBe("open");
  });
});

describe("as an ordinary user", { timeout: PATIENCE_MS }, () => {
  it("starts, is refused where it may not write, and changes nothing there", async () => {
    const settings = await ordinaryUser();
    const home = join(room, "home");
    await mkdir(home, { mode: 0o755 });
    if (AS_ROOT) await chown(home, settings.uid, settings.gid);

    const owner = spawnOwner(join(home, "data"), settings);
    const ready = await owner.up();
    expect((await stat(join(home, "data"))).mode & 0o777).toBe(0o700);
    expect(await query(ready, "SELECT 1")).toEqual([1]);
    await owner.end();

    const closed = join(home, "closed");
    await mkdir(closed, { mode: 0o555 });
    const refused = await spawnOwner(join(closed, "data"), settings).report;
    expect(refused.failed?.code).toBe("NOT_WRITABLE");
    expect(refused.failed?.message).toContain("permission denied");
    expect(await readdir(closed)).toEqual([]);
  });
});

describe.skipIf(!AS_ROOT)("as root", { timeout: PATIENCE_MS }, () => {
  it("runs PostgreSQL as the owner of the cluster that is there", async () => {
    const dataDir = join(room, "handed over");
    await seed(dataDir);
    const first = await start(dataDir);
    expect((await stat(`/proc/${first.pid()}`)).uid).not.toBe(0);
    await first.stop();
    const nobody = await accountNamed("nobody");
    const cluster = join(dataDir, "postgres");
    for (const name of ["", ...(await readdir(cluster, { recursive: true }))]) {
      await chown(join(cluster, name), nobody.uid, nobody.gid);
    }
    await chmod(dataDir, 0o711);
    const second = await start(dataDir);
    expect((await stat(`/proc/${second.pid()}`)).uid).toBe(nobody.uid);
  });

  it("opens its own private data folder to PostgreSQL, no further than needed", async () => {
    const dataDir = join(room, "private");
    await seed(dataDir);
    await chown(dataDir, 0, 0);
    await chmod(dataDir, 0o700); // as mkdtemp makes one
    const server = await start(dataDir);
    expect(server.connection.host).toBe(join(dataDir, "postgres"));
    expect((await stat(dataDir)).mode & 0o777).toBe(0o710);
  });

  it("keeps another user from a database that is not theirs", async () => {
    await (await start(shared)).stop();
    await chmod(shared, 0o755);
    const settings = await ordinaryUser();
    const { failed } = await spawnOwner(shared, settings).report;
    expect(failed?.code).toBe("OTHER_OWNER");
    expect(failed?.message).toContain(`Kontor runs as ${settings.uid}.`);
  });

  it("says so when a folder above an existing database was closed", async () => {
    const above = join(room, "above");
    await mkdir(above);
    await seed(join(above, "data"));
    await chmod(above, 0o700);
    const refusal = await failure(start(join(above, "data")));
    expect(refusal.code).toBe("UNREADABLE_BY_POSTGRES");
    expect(refusal.message).toContain(above);
    await chmod(above, 0o755);
    await start(join(above, "data"));
  });

  it("copies the programs for another user to one place, though two begin at once", async () => {
    const native = join(room, "closed programs/native");
    for (const name of ["bin", "lib", "share"])
      await mkdir(join(native, name), { recursive: true });
    const programs = ["postgres", "initdb", "pg_ctl"].map((name) => join(native, "bin", name));
    for (const program of programs) await writeFile(program, program, { mode: 0o700 });
    await symlink("../bin/postgres", join(native, "lib/link"));
    const [postgres = "", initdb = "", pgCtl = ""] = programs;
    const binaries = { version: "1.2.3", major: 1, native, postgres, initdb, pgCtl };
    await chmod(dirname(native), 0o700);
    const nobody = await accountNamed("nobody");
    const cache = join(room, "cache at once");
    const both = await Promise.all([1, 2].map(() => reachableBinaries(binaries, nobody, cache)));
    expect(both[0]).toEqual(both[1]);
    expect(both[0]?.postgres).toBe(join(cache, "postgresql-1.2.3/bin/postgres"));
    expect((await stat(join(cache, "postgresql-1.2.3/bin/postgres"))).mode & 0o777).toBe(0o755);
    expect(await readFile(join(cache, "postgresql-1.2.3/lib/link"), "utf8")).toBe(postgres);
    expect(await readdir(cache)).toEqual(["postgresql-1.2.3"]);
  });

  describe("in a checkout that only root may enter", () => {
    let checkout: string;
    let settings: { script: string; places: { programs: string; clusters: string } };
    const spawnThere = () => spawnOwner(join(checkout, ".kontor"), settings);

    beforeAll(async () => {
      checkout = join(room, "checkout");
      await chmod(checkout, 0o700);
      const places = { programs: join(room, "cache"), clusters: join(room, "lib") };
      settings = { script: openOwner, places };
    });
    afterAll(() => chmod(checkout, 0o755));

    it("copies the programs once, and keeps the database elsewhere until its pointer goes", async () => {
      const { programs, clusters } = settings.places;
      const first = spawnThere();
      const server = await first.up();
      const [id = ""] = await readdir(clusters);
      expect(server.connection.host).toBe(join(clusters, id));
      expect(JSON.parse(await readFile(join(checkout, ".kontor/kontor.json"), "utf8"))).toEqual({
        format: 1,
        postgres: 18,
        cluster: join(clusters, id),
      });
      await query(server, "CREATE TABLE t AS SELECT 5 AS n");
      await first.end();

      const [version = ""] = await readdir(programs);
      const copied = await stat(join(programs, version));
      expect([copied.uid, copied.mode & 0o777]).toEqual([0, 0o755]);
      const again = spawnThere();
      expect(await query(await again.up(), "SELECT n FROM t")).toEqual([5]);
      await again.end();
      expect((await stat(join(programs, version))).ino).toBe(copied.ino);
      expect(await readdir(programs)).toEqual([version]);
      expect(await readdir(clusters)).toEqual([id]);

      await rm(join(checkout, ".kontor"), { recursive: true });
      const fresh = spawnThere();
      expect(await query(await fresh.up(), "SELECT to_regclass('t')")).toEqual([null]);
      await fresh.end();
      expect(await readdir(clusters)).toHaveLength(2);
    });

    it("does not run programs that others could have changed", async () => {
      const { programs } = settings.places;
      await chmod(programs, 0o777);
      const changeable = await spawnThere().report;
      await chmod(programs, 0o755);
      expect(changeable.failed?.code).toBe("UNSAFE_FOLDER");
      const [version = ""] = await readdir(programs);
      await chown(join(programs, version), 65534, 65534);
      const foreign = await spawnThere().report;
      await chown(join(programs, version), 0, 0);
      expect(foreign.failed?.code).toBe("UNSAFE_FOLDER");
      expect(foreign.failed?.message).toContain(version);
    });
  });
});

/** nobody for root, else whoever runs the tests; with a node and a checkout they can reach. */
async function ordinaryUser() {
  if (!AS_ROOT)
    return { script: openOwner, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const nobody = await accountNamed("nobody");
  const node = join(room, "node");
  if (!(await firstClosedFolder(dirname(process.execPath), nobody))) {
    return { script: openOwner, ...nobody };
  }
  await copyFile(process.execPath, node);
  return { script: openOwner, node, ...nobody };
}

async function accountNamed(name: string): Promise<Account> {
  const accounts = parsePasswd(await readFile("/etc/passwd", "utf8"));
  return accounts.find((account) => account.name === name) ?? expect.fail(name);
}
