// A program that takes letters by HTTP, and verifies who sent them as Standard Webhooks
// has it.
//
// Usage: node mail-sink.mjs '{"secret":"whsec_…"}'
//
// Prints one line `{"port": …}` when it listens on a free loopback port, then answers one
// JSON line per JSON line on standard input:
//   {"op":"letters"}               what came: verified, id, letter
//   {"op":"status","status":503}   what it answers from now on
// Ends when standard input does.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

const { secret } = JSON.parse(process.argv[2]);
const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
const letters = [];
let status = 204;

function isVerified(headers, body) {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  const isFresh = Math.abs(Date.now() / 1000 - Number(timestamp)) < 300;
  const signatures = (headers['webhook-signature'] ?? '').split(' ');
  return isFresh && signatures.some((one) => {
    const found = Buffer.from(one.replace('v1,', ''), 'base64');
    return found.length === expected.length && timingSafeEqual(found, expected);
  });
}

const server = createServer(async (request, response) => {
  let body = '';
  for await (const part of request) body += part;
  letters.push({
    verified: isVerified(request.headers, body),
    id: request.headers['webhook-id'],
    path: request.url,
    type: request.headers['content-type'],
    letter: JSON.parse(body),
  });
  response.writeHead(status).end(status === 204 ? undefined : '{"message":"not now"}');
});
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ port: server.address().port }));
});

const operations = {
  letters: () => letters,
  status: (question) => {
    status = question.status;
    return true;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  try {
    console.log(JSON.stringify({ ok: true, value: operations[question.op](question) }));
  } catch (error) {
    console.log(JSON.stringify({ ok: false, error: String(error) }));
  }
}
process.exit(0);
