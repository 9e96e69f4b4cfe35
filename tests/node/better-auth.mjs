// Users as a real Better Auth makes them: its own code signs them up, and what it then
// has in its tables is the answer. One JSON line there, one back.

import { createInterface } from "node:readline";
import { randomBytes } from "node:crypto";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";

const tables = { user: [], session: [], account: [], verification: [] };
const auth = betterAuth({
  secret: randomBytes(32).toString("hex"),
  baseURL: "http://localhost",
  database: memoryAdapter(tables),
  emailAndPassword: { enabled: true },
  telemetry: { enabled: false },
});

console.log(JSON.stringify({ ready: true }));
for await (const line of createInterface({ input: process.stdin })) {
  for (const { email, name, password } of JSON.parse(line).users) {
    await auth.api.signUpEmail({ body: { email, name, password } });
  }
  const { user, account } = tables;
  console.log(JSON.stringify({ ok: true, value: { user, account } }));
}
