// A real mail server (smtp-server) that keeps what it takes.
//
// Usage: node mail-server.mjs '{"implicitTls":false,"starttls":true,"key":"…","cert":"…",
//                               "user":"…","password":"…"}'
//
// Prints one line `{"port": …}` when it listens on a free loopback port, then answers one
// JSON line per JSON line on standard input:
//   {"op":"mails"}                 what was taken: from, to, raw, secure, user
//   {"op":"mode","mode":"…"}       how it behaves from now on:
//       ok, greylist (451 to the recipient), refuse (550 to the recipient), relay (554 to
//       the recipient, whoever that is), spam (554 to the message), slow (takes three
//       seconds for each message), silent (says nothing to the message), deaf (does not
//       even greet)
//   {"op":"tries"}                 how many recipients were named so far
// Ends when standard input does.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { SMTPServer } from 'smtp-server';

const settings = JSON.parse(process.argv[2]);
const mails = [];
let mode = 'ok';
let tries = 0;

function refused(code, text) {
  return Object.assign(new Error(text), { responseCode: code });
}

const server = new SMTPServer({
  secure: settings.implicitTls,
  hideSTARTTLS: !settings.starttls,
  key: readFileSync(settings.key),
  cert: readFileSync(settings.cert),
  authMethods: settings.methods ?? ['PLAIN', 'LOGIN'],
  authOptional: !settings.user,
  disabledCommands: settings.user ? [] : ['AUTH'],
  logger: false,
  onConnect(session, done) {
    if (mode !== 'deaf') done();
  },
  onAuth(auth, session, done) {
    const known = auth.username === settings.user && auth.password === settings.password;
    done(known ? null : refused(535, `5.7.8 ${auth.username}@ may not`), { user: auth.username });
  },
  onRcptTo(address, session, done) {
    tries += 1;
    if (mode === 'greylist') return done(refused(451, `4.7.1 ${address.address} comes too early`));
    if (mode === 'refuse') return done(refused(550, `5.1.1 nobody is called <${address.address}>`));
    if (mode === 'relay') return done(refused(554, '5.7.1 relay access denied'));
    done();
  },
  onData(stream, session, done) {
    const parts = [];
    stream.on('data', (part) => parts.push(part));
    stream.on('end', () => {
      if (mode === 'silent') return;
      if (mode === 'spam') return done(refused(554, '5.7.1 this is spam'));
      const take = () => {
        mails.push({
          from: session.envelope.mailFrom.address,
          to: session.envelope.rcptTo.map((one) => one.address),
          hello: session.hostNameAppearsAs,
          secure: session.secure,
          user: session.user ?? null,
          raw: Buffer.concat(parts).toString('utf8'),
        });
        done();
      };
      if (mode === 'slow') setTimeout(take, 3000);
      else take();
    });
  },
});
server.on('error', () => {});
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ port: server.server.address().port }));
});

const operations = {
  mails: () => mails,
  mode: (question) => {
    mode = question.mode;
    return true;
  },
  tries: () => tries,
};

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  try {
    const operation = operations[question.op];
    if (!operation) throw new Error(`no operation ${question.op}`);
    console.log(JSON.stringify({ ok: true, value: operation(question) }));
  } catch (error) {
    console.log(JSON.stringify({ ok: false, error: String(error) }));
  }
}
process.exit(0);
