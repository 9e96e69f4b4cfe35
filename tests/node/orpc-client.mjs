// oRPC's own client of the auth calls, which keeps cookies as a browser would.
//
// Usage: node orpc-client.mjs BASE_URL
//
// Prints one line `{}`, then answers one JSON line per JSON line on standard input:
//   {"method":"GET"|"POST"}        by which method it asks from now on
//   {"call":NAME,"input":…}        what the procedure answers
//   {"fails":NAME,"input":…}       what the client says of the error that it answers
// Ends when standard input does.
import { createInterface } from 'node:readline';
import { createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';

const base = process.argv[2];
const jar = new Map();
let method = 'POST';

const link = new RPCLink({
  url: `${base}/api/rpc/v1/auth`,
  method: () => method,
  fetch: async (request, init) => {
    const headers = new Headers(request.headers);
    if (jar.size > 0) headers.set('cookie', [...jar].map((pair) => pair.join('=')).join('; '));
    headers.set('origin', base);
    const answer = await fetch(new Request(request, { headers }), init);
    for (const line of answer.headers.getSetCookie()) {
      const [name, value] = line.split(';')[0].split(/=(.*)/s);
      if (/max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  },
});
const client = createORPCClient(link);

async function answer(question) {
  if (question.method) {
    method = question.method;
    return null;
  }
  const given = question.input === null ? undefined : question.input;
  if (question.call) return client[question.call](given);
  try {
    await client[question.fails](given);
  } catch (error) {
    if (!(error instanceof ORPCError)) throw error;
    return error.toJSON();
  }
  throw new Error(`${question.fails} did not fail`);
}

console.log('{}');
for await (const line of createInterface({ input: process.stdin })) {
  try {
    console.log(JSON.stringify({ ok: true, value: (await answer(JSON.parse(line))) ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ ok: false, error: String(error?.stack ?? error) }));
  }
}
