// The Model Context Protocol's own clients: that of the revisions with a handshake, and
// that of the one without.
//
// Usage: node mcp-client.mjs
//
// Prints one line `{}`, then answers one JSON line per JSON line on standard input:
//   {"op":"connect","client":"sdk"|"client","url":…,"token":…}   the revision agreed upon
//   {"op":"about"}                           the server, what it can, what it says of itself
//   {"op":"tools"}                           its list of tools
//   {"op":"call","name":…,"arguments":…}     a result; its shape has been checked
//   {"op":"inspect","arguments":[…]}         what the inspector's command line prints
// Ends when standard input does.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as modern from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const about = { name: 'gatelet-tests', version: '1' };
const kinds = {
  sdk: () => [new Client(about), StreamableHTTPClientTransport],
  client: () => [
    new modern.Client(about, { versionNegotiation: { mode: { pin: '2026-07-28' } } }),
    modern.StreamableHTTPClientTransport,
  ],
  auto: () => [
    new modern.Client(about, { versionNegotiation: { mode: 'auto' } }),
    modern.StreamableHTTPClientTransport,
  ],
};

const folder = new URL('node_modules/@modelcontextprotocol/inspector/', import.meta.url);
const inspector = fileURLToPath(new URL('clients/launcher/build/index.js', folder));
// It keeps a list of servers there.
const home = mkdtempSync(join(tmpdir(), 'gatelet-inspector-'));
process.on('exit', () => rmSync(home, { recursive: true, force: true }));

let client;
const operations = {
  connect: async ({ client: kind, url, token }) => {
    await client?.close();
    const [made, Transport] = kinds[kind]();
    client = made;
    const headers = token ? { Authorization: `Bearer ${token}` } : {};
    const transport = new Transport(new URL(url), { requestInit: { headers } });
    await client.connect(transport);
    return transport.protocolVersion ?? client.getNegotiatedProtocolVersion?.() ?? null;
  },
  about: async () => ({
    server: client.getServerVersion(),
    capabilities: client.getServerCapabilities(),
    instructions: client.getInstructions(),
  }),
  tools: async () => (await client.listTools()).tools,
  call: ({ name, arguments: given }) => client.callTool({ name, arguments: given }),
  inspect: async ({ arguments: given }) => {
    const all = [inspector, '--cli', ...given];
    const options = { timeout: 50_000, env: { ...process.env, HOME: home } };
    const { stdout } = await promisify(execFile)(process.execPath, all, options);
    return JSON.parse(stdout);
  },
};

console.log('{}');
for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  try {
    const value = await operations[question.op](question);
    console.log(JSON.stringify({ ok: true, value: value ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ ok: false, error: `${error} ${error.code ?? ''} ${error.stderr ?? ''}` }));
  }
}
process.exit(0);
