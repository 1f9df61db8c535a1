// Who may import whom. The layout and its reasons are in CONTRIBUTING.md.
//
// Inside packages/server/src/modules/<noun>/, also in its folders, these do I/O: store.ts (SQL),
// routes.ts (binding), use-cases.ts or use-cases/ (load, decide, save), io/. Every other file is
// pure: values in, values out. index.ts is what other modules may use.

const server = "^packages/server/src/";
const modules = `${server}modules/[^/]+/`;
const tests = "\\.test\\.tsx?$|^packages/[^/]+/test/|/test-(?:support|fixtures)/";
const inputOutput = `${server}modules/.+/(?:(?:routes|store|use-cases)\\.ts$|use-cases/|io/)`;
const impure = [tests, inputOutput, `${modules}index\\.ts$`];
/** Readers of files that a user names: they parse, and open nothing but files. */
const fileReaders = `${server}modules/(?:catalog/sheets|billing/statement)/`;

const files = "(?:node:)?fs(?:/promises)?";
const network = "(?:node:)?(?:http2?|https|net|tls|dgram|dns(?:/promises)?)";
const processes = "(?:node:)?(?:child_process|cluster|worker_threads|readline(?:/promises)?)";

export default {
  forbidden: [
    {
      name: "no-cycles",
      comment: "Two files that need each other are one file, or lack a third one below them.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-unresolved",
      comment: "The file or the package does not exist.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "no-orphans",
      comment: "Nothing uses this file and it uses nothing.",
      severity: "error",
      from: { orphan: true, pathNot: `${tests}|\\.d\\.ts$|/src/index\\.ts$|/main\\.ts$|^scripts/` },
      to: {},
    },
    {
      name: "declared-dependencies-only",
      comment: "Runtime code uses the packages that its own package.json lists as dependencies.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: tests },
      to: {
        dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"],
        // A package that holds types only leaves nothing behind at run time.
        dependencyTypesNot: ["type-only"],
        pathNot: "node_modules/@types/",
      },
    },
    {
      name: "nothing-imports-main",
      comment: "main.ts is the process's entry; what others need belongs into server.ts.",
      severity: "error",
      from: {},
      to: { path: "(?:^|/)main\\.ts$" },
    },
    {
      name: "runtime-imports-no-tests",
      comment: "Test code and its helpers stay out of what runs.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: tests },
      to: { path: `${tests}|^e2e/|^bench/|^scripts/` },
    },

    {
      name: "contract-stands-alone",
      comment: "The contract is data: it knows no server, client, command or portal.",
      severity: "error",
      from: { path: "^packages/contract/src/", pathNot: tests },
      to: { path: "^packages/(?!contract/)" },
    },
    {
      name: "contract-does-no-io",
      comment: "The contract is data, usable in a browser too: no files, network or processes.",
      severity: "error",
      from: { path: "^packages/contract/src/", pathNot: tests },
      to: { path: `^(?:${files}|${network}|${processes})$` },
    },
    {
      name: "client-imports-contract-only",
      comment: "The client works against any server that speaks the contract.",
      severity: "error",
      from: { path: "^packages/client/src/", pathNot: tests },
      to: { path: "^packages/(?!client/|contract/)" },
    },
    {
      name: "portal-imports-client-and-contract-only",
      comment: "The portal sees what any other client sees.",
      severity: "error",
      from: { path: "^packages/portal/src/", pathNot: tests },
      to: { path: "^packages/(?!portal/|client/|contract/)" },
    },
    {
      name: "cli-imports-no-portal",
      comment: "The command uses the client, the contract and the server.",
      severity: "error",
      from: { path: "^packages/cli/src/", pathNot: tests },
      to: { path: "^packages/(?!cli/|client/|contract/|server/)" },
    },
    {
      name: "packages-enter-by-index",
      comment: "Another package is used through its index.ts.",
      severity: "error",
      from: { path: "^packages/([^/]+)/src/", pathNot: tests },
      to: { path: "^packages/[^/]+/", pathNot: "^packages/$1/|^packages/[^/]+/src/index\\.ts$" },
    },
    {
      name: "server-imports-contract-only",
      comment: "The server is below the client, the command and the portal.",
      severity: "error",
      from: { path: server, pathNot: tests },
      to: { path: "^packages/(?!server/|contract/)" },
    },

    {
      name: "foundation-is-below-modules",
      comment: "The foundation is what modules stand on; it imports none, nor server.ts.",
      severity: "error",
      from: { path: `${server}foundation/`, pathNot: tests },
      to: { path: `${server}modules/|${server}[^/]+\\.ts$` },
    },
    {
      name: "modules-are-below-server",
      comment: "A module does not know how it is composed: it never imports server.ts or index.ts.",
      severity: "error",
      from: { path: `${server}modules/`, pathNot: tests },
      to: { path: `${server}[^/]+\\.ts$` },
    },
    {
      name: "modules-enter-by-index",
      comment: "Another module is used through its index.ts.",
      severity: "error",
      from: { path: `${server}modules/([^/]+)/` },
      to: { path: modules, pathNot: `${server}modules/$1/|${modules}index\\.ts$` },
    },
    {
      name: "modules-enter-by-index-from-outside",
      comment:
        "A module is used through its index.ts. Measurements take a piece by itself, and the page of " +
        "states reads the tables.",
      severity: "error",
      from: { pathNot: `${server}modules/|^bench/|^scripts/states-page\\.ts$` },
      to: { path: modules, pathNot: `${modules}index\\.ts$` },
    },

    {
      name: "rules-are-pure",
      comment: "Rules take values and give values: no server, socket, process, SQL or HTTP.",
      severity: "error",
      from: { path: modules, pathNot: impure },
      to: {
        path:
          `^(?:${network}|${processes})$|node_modules/(?:pg|pg-copy-streams|fastify)/|` +
          `${server}foundation/(?:database|http)(?:/|\\.ts$)`,
        // Builds the contract's links from values.
        pathNot: `${server}foundation/http/links\\.ts$`,
      },
    },
    {
      name: "rules-read-no-files",
      comment: "Rules take values. Files are opened in io/, use-cases/ and the file readers.",
      severity: "error",
      from: { path: modules, pathNot: [...impure, fileReaders] },
      to: { path: `^${files}$` },
    },
    {
      name: "rules-call-no-io",
      comment: "Use cases call rules, never the other way round. Types may be shared.",
      severity: "error",
      from: { path: modules, pathNot: impure },
      to: {
        path: inputOutput,
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "store-is-below-use-cases",
      comment: "SQL does not know who asks.",
      severity: "error",
      from: { path: `${server}modules/.+/store\\.ts$` },
      to: { path: `${server}modules/.+/(?:(?:routes|use-cases)\\.ts$|use-cases/)` },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      mainFields: ["module", "main", "types", "typings"],
    },
    skipAnalysisNotInRules: true,
  },
};
