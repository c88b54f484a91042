// React’s provider when its tree goes away: unmounted in a call, while it loads, hidden and shown again.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser } from './support/browser.mjs';
import { choose, hold } from './support/flow.mjs';
import { button, countChannels, inEachReact, SHOWN } from './support/react-app.mjs';

const browser = await openBrowser();
after(() => browser.close());

/** Mounts `<App />`, which `hide()` hides and `unhide()` shows again. */
const HIDEABLE = `
  const { Activity } = React;
  function Root() {
    const [mode, setMode] = useState('visible');
    window.hide = () => setMode('hidden');
    window.unhide = () => setMode('visible');
    return <Activity mode={mode}><IntelliAuthProvider {...given}><App /></IntelliAuthProvider></Activity>;
  }
  mount(<Root />);`;

inEachReact(browser, (app, react) => {
  test('unmounted in the middle of a call, it ends the call and leaves no client behind', async (t) => {
    const world = await app(
      t,
      `function App() { const auth = useIntelliAuth(); window.auth = auth; return ${SHOWN}; }
      mount(<IntelliAuthProvider {...given}><App /></IntelliAuthProvider>);`,
      { options: { discovery: true } },
    );
    const page = await world.context.newPage();
    await countChannels(page);
    await page.goto(world.origin);
    await page.getByText('never').waitFor();
    assert.equal(await page.evaluate(() => channels), 1);
    await page.route('**/.well-known/**', () => {});
    const code = await page.evaluate(async () => {
      const called = auth.loginWithRedirect().catch(({ code }) => code);
      root.unmount();
      return called;
    });
    assert.equal(code, 'disposed');
    const late = await page.evaluate(() =>
      Promise.all(
        ['getAccessToken', 'loginWithRedirect', 'logout'].map((name) =>
          auth[name]().catch(({ code }) => code),
        ),
      ),
    );
    assert.deepEqual(late, ['disposed', 'disposed', 'disposed']);
    assert.equal(await page.evaluate(() => channels), 0);
    assert.deepEqual(await page.evaluate(() => unhandled), []);
  });

  test('unmounted while the SDK is loading, it leaves no client behind either', async (t) => {
    const world = await app(
      t,
      `function App() { const auth = useIntelliAuth(); window.auth = auth; return ${SHOWN}; }
      mount(<IntelliAuthProvider {...given}><App /></IntelliAuthProvider>);`,
    );
    const page = await world.context.newPage();
    await countChannels(page);
    const release = await hold(page, '**/bytes*.js');
    await page.goto(world.origin);
    await page.locator('main[data-status=loading]').waitFor();
    const called = page.evaluate(async () => {
      const called = auth.getAccessToken().catch(({ code }) => code);
      root.unmount();
      await new Promise((resolve) => setTimeout(resolve));
      return [await called, await auth.getAccessToken().catch(({ code }) => code), channels];
    });
    release();
    assert.deepEqual((await called).slice(1), ['disposed', 0]);
  });

  test('a listener that is none is refused before the SDK is loaded too, and one that is subscribed twice is two', async (t) => {
    const world = await app(
      t,
      `function App() { const auth = useIntelliAuth(); window.auth = auth; return ${SHOWN}; }
      mount(<IntelliAuthProvider {...given}><App /></IntelliAuthProvider>);`,
    );
    const page = await world.context.newPage();
    const release = await hold(page, '**/bytes*.js');
    await page.goto(world.origin);
    await page.locator('main[data-status=loading]').waitFor();
    const [refused, counts] = await page.evaluate(async () => {
      let refused;
      try {
        auth.subscribe('x');
      } catch ({ name, code, message, details }) {
        refused = { name, code, message, details };
      }
      window.count = 0;
      const listener = () => {
        window.count++;
      };
      window.ends = [auth.subscribe(listener), auth.subscribe(listener)];
      return [refused, window.count];
    });
    const { name, code, message, details } = refused;
    assert.deepEqual([name, code, details.option], ['IntelliAuthError', 'invalid_config', 'listener']);
    assert.match(message, /listener/);
    assert.equal(counts, 0);
    release();
    await page.locator('main[data-status=unauthenticated]').waitFor();
    const told = await page.evaluate(async () => {
      const told = [];
      for (const end of [...ends, () => {}]) {
        window.count = 0;
        await auth.loginWithRedirect({ prompt: 'login', openUrl() {} });
        await new Promise((resolve) => setTimeout(resolve));
        told.push(window.count);
        end();
      }
      return told;
    });
    assert.equal(told[0], told[1] * 2);
    assert.equal(told[2], 0);
    assert.notEqual(told[1], 0);
  });

  // React 18 has no Activity.
  if (react !== '18') {
    test('hidden and shown again, it goes on', async (t) => {
      const world = await app(
        t,
        `function App() { const auth = useIntelliAuth(); window.auth = auth; return ${SHOWN}; }
      ${HIDEABLE}`,
      );
      const page = await world.context.newPage();
      await countChannels(page);
      await page.goto(world.origin);
      await page.getByText('never').waitFor();
      await page.evaluate(() => hide());
      await page.waitForFunction(() => channels === 0);
      await page.evaluate(() => unhide());
      await page.waitForFunction(() => channels === 1);
      await button(page).click();
      await choose(page, world);
      await page.getByText('Ada Lovelace').waitFor();
    });

    test('hidden and shown again, a signed-in page has its token, and its children’s calls reach the new client', async (t) => {
      const world = await app(
        t,
        `window.seen = [];
      window.called = [];
      window.claims = [];
      function App() {
        const auth = useIntelliAuth();
        const { token, error } = useAccessToken();
        window.auth = auth;
        seen.push(error?.code ?? (token ? 'token' : auth.status));
        const { getAccessToken } = auth;
        useEffect(() => {
          claims.push(auth.getIdTokenClaims()?.name);
          if (auth.status === 'authenticated') getAccessToken().then(() => 'token', ({ code }) => code).then((what) => called.push(what));
        }, [auth.status, getAccessToken]);
        return <>{${SHOWN}}<i>{token && 'with a token'}</i></>;
      }
      ${HIDEABLE}`,
      );
      const page = await world.context.newPage();
      await countChannels(page);
      await page.goto(world.origin);
      await page.getByText('never').waitFor();
      await button(page).click();
      await choose(page, world);
      await page.getByText('with a token').waitFor();
      await page.evaluate(() => hide());
      await page.waitForFunction(() => channels === 0);
      await page.evaluate(() => {
        seen.length = called.length = claims.length = 0;
        unhide();
      });
      await page.waitForFunction(() => channels === 1 && called.length > 0);
      await page.getByText('with a token').waitFor();
      assert.deepEqual(await page.evaluate(() => [[...new Set(seen)], [...new Set(called)]]), [
        ['token'],
        ['token'],
      ]);
      // The first effect comes before the new client.
      assert.equal(await page.evaluate(() => claims[0]), 'Ada Lovelace');
      assert.equal(
        await page.evaluate(() => auth.getAccessToken()),
        world.exchanges()[0].response.access_token,
      );
      assert.deepEqual(await page.evaluate(() => unhandled), []);
    });
  }
});
