/** `kontor verify`: proves the books of every partner on the live database. */
import { createLog, openForTools, readConfig, verifyInstallation } from "@kontor/server";
import { Command } from "commander";

type Verified = ReturnType<typeof verifyInstallation> extends AsyncGenerator<infer V> ? V : never;
type Proof = Verified["proofs"][number];
type RuleSum = Omit<Proof, "findings">;

export function verifyCommand(): Command {
  return new Command("verify")
    .description("check that orders, charges, invoices and ledger agree; exits 1 where they do not")
    .option("--data-dir <dir>", "folder of the embedded database")
    .option("--json", "print what was checked and found as one JSON document", false)
    .action(async (options: { dataDir?: string; json: boolean }) => {
      const { config } = readConfig({ dataDir: options.dataDir });
      const tools = await openForTools(config, createLog("warn"));
      try {
        const report = await verify(verifyInstallation(tools.database));
        if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
        else print(report);
        process.exitCode = report.breaches === 0 ? 0 : 1;
      } finally {
        await tools.close();
      }
    });
}

type Report = Awaited<ReturnType<typeof verify>>;

/** Sums the rules over all partners; of each partner and rule only the first breaches are kept. */
async function verify(verified: AsyncIterable<Verified>) {
  const rules = new Map<string, RuleSum>();
  const findings: (Proof["findings"][number] & { partnerId: string })[] = [];
  let partners = 0;
  for await (const { partnerId, proofs } of verified) {
    partners += 1;
    for (const { findings: found, ...proof } of proofs) {
      findings.push(...found.map((finding) => ({ partnerId, ...finding })));
      const sum = rules.get(proof.rule);
      rules.set(proof.rule, sum ? together(sum, proof) : proof);
    }
  }
  const sums = [...rules.values()];
  const breaches = sums.reduce((count, rule) => count + rule.breaches, 0);
  return { partners, breaches, rules: sums, findings };
}

function together(a: RuleSum, b: RuleSum): RuleSum {
  return {
    ...a,
    checked: a.checked + b.checked,
    breaches: a.breaches + b.breaches,
    milliseconds: a.milliseconds + b.milliseconds,
  };
}

function print({ partners, breaches, rules, findings }: Report): void {
  for (const rule of rules) {
    const state = rule.breaches === 0 ? "holds " : "BROKEN";
    const counts = `${rule.checked} ${rule.of}, ${rule.milliseconds} ms`;
    process.stdout.write(`${state}  ${rule.rule} (${counts}): ${rule.breaches} breach(es)\n`);
  }
  for (const { partnerId, rule, subject, detail } of findings) {
    process.stdout.write(`partner ${partnerId}: ${rule}: ${subject}: ${detail}\n`);
  }
  process.stdout.write(`${partners} partner(s) checked, ${breaches} breach(es)\n`);
}
