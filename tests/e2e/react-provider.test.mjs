// React’s provider: sign-in and sign-out by handlers, a ready client, properties that change.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser } from './support/browser.mjs';
import { choose, holdTokenRequests } from './support/flow.mjs';
import {
  address,
  atProvider,
  authorized,
  button,
  countChannels,
  inEachReact,
  SHOWN,
} from './support/react-app.mjs';

const browser = await openBrowser();
after(() => browser.close());

inEachReact(browser, (app, react) => {
  test('signs in and out by handlers given as they are, once', async (t) => {
    const world = await app(
      t,
      `function App() { const auth = useIntelliAuth(); window.version = React.version; return ${SHOWN}; }
      mount(<IntelliAuthProvider {...given}><App /></IntelliAuthProvider>);`,
    );
    const page = await world.context.newPage();
    await countChannels(page);
    await page.goto(`${world.origin}/start?x=1`);
    await page.getByText('never').waitFor();
    assert.ok((await page.evaluate(() => version)).startsWith(`${react}.`));
    await button(page).click();
    await choose(page, world);
    await page.getByText('Ada Lovelace').waitFor();
    assert.equal(address(page), '/start?x=1');
    assert.equal(world.exchanges().length, 1);
    assert.equal(authorized(world).length, 1);
    assert.equal(await page.evaluate(() => channels), 1, 'StrictMode leaves one client');
    await button(page, 'Sign out').click();
    await page.getByText('logout', { exact: true }).waitFor();
  });

  test('a ready client is shown at once, and is the app’s after unmount', async (t) => {
    const world = await app(
      t,
      `const auth = createIntelliAuth(given);
      window.statuses = [];
      function App() { const auth = useIntelliAuth(); statuses.push(auth.status); return ${SHOWN}; }
      const given1 = location.search === '?promise' ? auth : await auth;
      window.client = await auth;
      mount(<IntelliAuthProvider client={given1}><App /></IntelliAuthProvider>);`,
    );
    const page = await world.tab();
    await page.getByText('never').waitFor();
    assert.deepEqual(new Set(await page.evaluate(() => statuses)), new Set(['unauthenticated']));
    await button(page).click();
    await choose(page, world);
    await page.getByText('Ada Lovelace').waitFor();
    assert.equal(address(page), '/', 'its callback is answered too');
    assert.ok(!(await page.evaluate(() => statuses)).includes('unauthenticated'));
    await page.evaluate(() => root.unmount());
    assert.equal(
      await page.evaluate(
        () => new Promise((resolve) => setTimeout(() => resolve(client.getAccessToken()), 20)),
      ),
      world.exchanges()[0].response.access_token,
    );
    await page.goto(`${world.origin}/?promise`);
    await page.getByText('Ada Lovelace').waitFor();
  });

  test('callbacks follow the properties', async (t) => {
    const world = await app(
      t,
      `window.heard = [];
      function App() { const auth = useIntelliAuth(); return ${SHOWN}; }
      function Root() {
        const [count, setCount] = useState(0);
        window.next = () => setCount(count + 1);
        return (
          <IntelliAuthProvider {...given} onSignedIn={() => { heard.push(count); }}><i>{count}</i><App /></IntelliAuthProvider>
        );
      }
      mount(<Root />);`,
    );
    const page = await world.tab();
    const { arrived, release } = holdTokenRequests(world);
    await button(page).click();
    await choose(page, world);
    await arrived;
    await page.evaluate(() => next());
    await page.locator('i').getByText('1').waitFor();
    release();
    await page.getByText('Ada Lovelace').waitFor();
    assert.deepEqual(await page.evaluate(() => heard), [1]);
    assert.equal(address(page), '/callback', 'the callback did not go anywhere');
  });

  test('options are compared by value, and a real change says to remount by key', async (t) => {
    const world = await app(
      t,
      `function App() { const auth = useIntelliAuth(); return ${SHOWN}; }
      function Root() {
        const [count, setCount] = useState(0);
        const [more, setMore] = useState({});
        window.next = () => setCount(count + 1);
        window.change = setMore;
        return (
          <IntelliAuthProvider {...given} key={more.key} allowedOrigins={['https://api.example']}
            endpoints={count % 2 ? { jwks: undefined, revocation: given.tenantUrl + '/r' } : { revocation: given.tenantUrl + '/r' }} {...more}>
            <i>{count}</i><App />
          </IntelliAuthProvider>
        );
      }
      mount(<Root />);`,
    );
    const page = await world.context.newPage();
    const said = [];
    page.on('console', (message) => message.type() === 'error' && said.push(message.text()));
    await page.goto(world.origin);
    await page.getByText('never').waitFor();
    for (const count of [1, 2]) {
      await page.evaluate(() => next());
      await page.locator('i').getByText(String(count)).waitFor();
    }
    assert.deepEqual(said, []);
    await page.evaluate(() => change({ scope: 'openid' }));
    await page.getByRole('alert').getByText('invalid_config').waitFor();
    await page.getByText('never').waitFor();
    await page.evaluate(() => next());
    await page.locator('i').getByText('3').waitFor();
    assert.equal(said.length, 1, said.join());
    assert.match(said[0], /The option scope .*`key`.*reload the page/);
    await page.evaluate(() => change({ scope: 'openid', key: 'other' }));
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await page.getByText('never').waitFor();
    await button(page).click();
    await atProvider(page);
    assert.equal(authorized(world)[0].query.scope, 'openid');
  });

  test('what fails by a handler is shown, and is no unhandled rejection; what data calls throw is the app’s', async (t) => {
    const world = await app(
      t,
      `function App() { const auth = useIntelliAuth(); window.auth = auth; return ${SHOWN}; }
      mount(<IntelliAuthProvider {...given}><App /></IntelliAuthProvider>);`,
      { options: { discovery: true, requestTimeoutSeconds: 5 } },
    );
    const page = await world.context.newPage();
    await countChannels(page);
    await page.goto(world.origin);
    await page.getByText('never').waitFor();
    await page.route('**/.well-known/**', (route) => route.abort());
    await button(page).click();
    await page.getByRole('alert').waitFor();
    assert.deepEqual(await page.evaluate(() => unhandled), []);
    await page.evaluate(() => void auth.getAccessToken());
    await page.waitForFunction(() => unhandled.length === 1);
  });
});
