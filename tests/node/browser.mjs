// A real browser, driven by one JSON line per step on standard input.
//
// Usage: node browser.mjs /usr/bin/chromium
//
// Prints `{"ready":true}`, then for each line `{"op":…,…}` one line
// `{"ok":true,"value":…}` or `{"ok":false,"error":…}`.
// Ends, and the browser with it, when standard input does.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const step_timeout_ms = 15_000;

const browser = await chromium.launch({
  executablePath: process.argv[2],
  // An empty user data directory of its own comes with every launch.
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  // People's browsers have the back-forward cache; what signing out must survive is that.
  ignoreDefaultArgs: ['--disable-back-forward-cache'],
});

const axe_source = await readFile(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

const people = new Map(); // one browser context each: cookies of their own
const tabs = new Map();
let count = 0;

const named = (map, key) => map.get(key) ?? (() => { throw new Error(`no such thing: ${key}`); })();

// What developers' tools can do, one session a tab.
const tools_of = async (tab) => {
  const own = named(tabs, tab);
  return own.tools ??= await own.page.context().newCDPSession(own.page);
};

const operations = {
  // A person with an empty profile: {javaScriptEnabled, colorScheme, viewport, ignoreHTTPSErrors}.
  async person({ options }) {
    const context = await browser.newContext(options ?? {});
    context.setDefaultTimeout(step_timeout_ms);
    people.set(++count, context);
    return count;
  },
  async leave({ person }) {
    await named(people, person).close();
    people.delete(person);
  },
  async tab({ person }) {
    const page = await named(people, person).newPage();
    const tab = { page, console: [], status: 0 };
    page.on('console', (message) => tab.console.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => tab.console.push(`error: ${error.message}`));
    page.on('response', (response) => {
      if (response.request().isNavigationRequest() && response.frame() === page.mainFrame()) tab.status = response.status();
    });
    tabs.set(++count, tab);
    return count;
  },
  async cookies({ person }) {
    return named(people, person).cookies();
  },
  async add_cookies({ person, cookies }) {
    await named(people, person).addCookies(cookies);
  },
  async goto({ tab, url }) {
    const response = await named(tabs, tab).page.goto(url);
    return response?.status() ?? 0;
  },
  async fill({ tab, selector, value }) {
    await named(tabs, tab).page.fill(selector, value);
  },
  // Presses what the selector finds and waits for the navigation that follows.
  async submit({ tab, selector }) {
    const { page } = named(tabs, tab);
    await Promise.all([page.waitForNavigation(), page.click(selector)]);
    // A page that leads on by itself is not where a person arrives.
    if (new URL(page.url()).pathname === '/auth/continue') {
      await page.waitForURL((url) => url.pathname !== '/auth/continue');
    }
  },
  async click({ tab, selector }) {
    await named(tabs, tab).page.click(selector);
  },
  async press({ tab, key }) {
    await named(tabs, tab).page.keyboard.press(key);
  },
  async wait({ tab, selector }) {
    await named(tabs, tab).page.waitForSelector(selector);
  },
  async count({ tab, selector }) {
    return named(tabs, tab).page.locator(selector).count();
  },
  async text({ tab, selector }) {
    return named(tabs, tab).page.innerText(selector);
  },
  async value({ tab, selector }) {
    return named(tabs, tab).page.inputValue(selector);
  },
  async url({ tab }) {
    return named(tabs, tab).page.url();
  },
  // Status of the last answer to a navigation in this tab.
  async status({ tab }) {
    return named(tabs, tab).status;
  },
  async title({ tab }) {
    return named(tabs, tab).page.title();
  },
  async back({ tab }) {
    await named(tabs, tab).page.goBack();
  },
  async reload({ tab }) {
    await named(tabs, tab).page.reload();
  },
  async evaluate({ tab, expression }) {
    return named(tabs, tab).page.evaluate(expression);
  },
  // A simulated authenticator: https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/
  async authenticator({ tab, options }) {
    const tools = await tools_of(tab);
    await tools.send('WebAuthn.enable');
    const { authenticatorId } = await tools.send('WebAuthn.addVirtualAuthenticator', { options });
    return authenticatorId;
  },
  async credentials({ tab, authenticator }) {
    const asked = { authenticatorId: authenticator };
    return (await named(tabs, tab).tools.send('WebAuthn.getCredentials', asked)).credentials;
  },
  async verify_user({ tab, authenticator, verified }) {
    const asked = { authenticatorId: authenticator, isUserVerified: verified };
    await named(tabs, tab).tools.send('WebAuthn.setUserVerified', asked);
  },
  async touch({ tab, authenticator, enabled }) {
    const asked = { authenticatorId: authenticator, enabled };
    await named(tabs, tab).tools.send('WebAuthn.setAutomaticPresenceSimulation', asked);
  },
  async wait_for_url({ tab, ending }) {
    await named(tabs, tab).page.waitForURL((url) => url.href.endsWith(ending));
  },
  async console({ tab }) {
    return named(tabs, tab).console;
  },
  // How the page is looked at from now on.
  async look({ tab, width, colorScheme }) {
    const { page } = named(tabs, tab);
    // Nothing that is on its way from one colour to another is judged.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: 800 });
  },
  // What axe-core finds fault with, or cannot tell: one line each.
  async accessibility({ tab }) {
    const { page } = named(tabs, tab);
    if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(axe_source);
    const found = await page.evaluate(async () => {
      const faults = async (options) => {
        const { violations, incomplete } = await axe.run(document, options);
        return [...violations, ...incomplete];
      };
      if (getComputedStyle(document.body).backgroundImage === 'none') return faults({});
      // It cannot tell contrast before a gradient: each of its ends is looked at alone.
      const { style } = document.body;
      const own = style.background;
      style.background = 'var(--wash)';
      const found = await faults({});
      style.background = 'var(--ground)';
      found.push(...await faults({ runOnly: ['color-contrast'] }));
      style.background = own;
      return found;
    });
    return found.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target}: ${failureSummary}`));
  },
  // The whole page, without the bar that blinks in a field. Twice as fast as playwright's
  // own, which makes the smallest file.
  async screenshot({ tab, path }) {
    const { page } = named(tabs, tab);
    const tools = await tools_of(tab);
    const bar = (color) => { document.documentElement.style.caretColor = color; };
    // A page that leads on by itself may go while it is looked at.
    while (!await page.evaluate(bar, 'transparent').then(() => true, () => false)) await page.waitForLoadState();
    const { cssContentSize } = await tools.send('Page.getLayoutMetrics');
    const { data } = await tools.send('Page.captureScreenshot', {
      clip: { ...cssContentSize, scale: 1 }, captureBeyondViewport: true, optimizeForSpeed: true,
    });
    await page.evaluate(bar, '').catch(() => {});
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, data, 'base64');
  },
};

console.log(JSON.stringify({ ready: true }));
for await (const line of createInterface({ input: process.stdin })) {
  const { op, ...rest } = JSON.parse(line);
  try {
    const value = await operations[op](rest);
    console.log(JSON.stringify({ ok: true, value: value ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ ok: false, error: String(error?.stack ?? error) }));
  }
}
await browser.close();
process.exit(0);
