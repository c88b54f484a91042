// What React apps meet: the provider, its hooks and components, in React 18 and 19 and in StrictMode.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { openBrowser } from './support/browser.mjs';
import { choose, holdTokenRequests, until } from './support/flow.mjs';
import { reactApp } from './support/react-app.mjs';

const browser = await openBrowser();
after(() => browser.close());

const address = (page) => page.url().slice(new URL(page.url()).origin.length);
const button = (page, name = 'Sign in') => page.getByRole('button', { name, exact: true });
const authorized = ({ platform }) => platform.log.filter(({ path }) => path === '/oauth2/authorize');
const atProvider = (page) => page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();

/** Counts what a client holds open, from before the page's first script: a client in use has one channel. */
const countChannels = (page) =>
  page.addInitScript(() => {
    window.channels = 0;
    window.BroadcastChannel = class extends BroadcastChannel {
      constructor(name) {
        super(name);
        window.channels++;
      }
      close() {
        super.close();
        window.channels--;
      }
    };
    window.unhandled = [];
    addEventListener('unhandledrejection', ({ reason }) => window.unhandled.push(String(reason)));
  });

for (const react of ['18', '19']) {
  describe(`React ${react}, in StrictMode`, { concurrency: 2, timeout: 600_000 }, () => {
    const app = (t, code, making) => reactApp(t, browser, code, { react, ...making });
    const shown = `<main data-status={auth.status}>
        <p>{auth.user?.name ?? auth.reason ?? auth.status}</p>
        {auth.error && <p role="alert">{auth.error.code}</p>}
        <button onClick={auth.loginWithRedirect}>Sign in</button>
        <button onClick={auth.logout}>Sign out</button>
      </main>`;

    test('signs in and out by handlers given as they are, once', async (t) => {
      const world = await app(
        t,
        `function App() { const auth = useIntelliAuth(); window.version = React.version; return ${shown}; }
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
        function App() { const auth = useIntelliAuth(); statuses.push(auth.status); return ${shown}; }
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
        function App() { const auth = useIntelliAuth(); return ${shown}; }
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
        `function App() { const auth = useIntelliAuth(); return ${shown}; }
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
      assert.match(said[0], /The option scope .*`key`/);
      await page.evaluate(() => change({ scope: 'openid', key: 'other' }));
      await page.getByRole('alert').waitFor({ state: 'detached' });
      await page.getByText('never').waitFor();
      await button(page).click();
      await atProvider(page);
      assert.equal(authorized(world)[0].query.scope, 'openid');
    });

    test('unmounted in the middle of a call, it ends the call and leaves no client behind', async (t) => {
      const world = await app(
        t,
        `function App() { const auth = useIntelliAuth(); window.auth = auth; return ${shown}; }
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
        `function App() { const auth = useIntelliAuth(); window.auth = auth; return ${shown}; }
        mount(<IntelliAuthProvider {...given}><App /></IntelliAuthProvider>);`,
      );
      const page = await world.context.newPage();
      await countChannels(page);
      let release;
      const open = new Promise((resolve) => {
        release = resolve;
      });
      await page.route('**/bytes*.js', async (route) => {
        await open;
        await route.continue();
      });
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

    test('what fails by a handler is shown, and is no unhandled rejection; what data calls throw is the app’s', async (t) => {
      const world = await app(
        t,
        `function App() { const auth = useIntelliAuth(); window.auth = auth; return ${shown}; }
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

    test('hidden and shown again, it goes on', async (t) => {
      const world = await app(
        t,
        `function App() { const auth = useIntelliAuth(); window.auth = auth; return ${shown}; }
        const Activity = React.Activity;
        function Root() {
          const [mode, setMode] = useState('visible');
          window.hide = () => setMode('hidden');
          window.unhide = () => setMode('visible');
          const inner = <IntelliAuthProvider {...given}><App /></IntelliAuthProvider>;
          return Activity ? <Activity mode={mode}>{inner}</Activity> : inner;
        }
        mount(<Root />);`,
      );
      if (react === '18') return;
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

    const guarded = (inner = '') => `
      window.frames_ = [];
      function Frame({ name, children }) {
        frames_.push(name + ' ' + location.pathname);
        return children ?? name;
      }
      function App() {
        const auth = useIntelliAuth();
        window.auth = auth;
        return (
          <main data-status={auth.status}>
            <RequireAuth fallback={<Frame name="wait" />} ${inner}>
              <Frame name="secret"><p>The secret of <b>{useUser()?.name}</b></p><button onClick={auth.logout}>Sign out</button></Frame>
            </RequireAuth>
          </main>
        );
      }
      mount(<IntelliAuthProvider {...given}><App /></IntelliAuthProvider>);`;

    test('RequireAuth sends to the sign-in once, and comes back with the query; not after a sign-out', async (t) => {
      const world = await app(t, guarded());
      const page = await world.tab('/reports?year=2026#top');
      await choose(page, world);
      await page.getByText('The secret of').waitFor();
      assert.equal(address(page), '/reports?year=2026#top');
      assert.equal(authorized(world).length, 1);
      await button(page, 'Sign out').click();
      await page.getByText('You are not signed in.').waitFor();
      await page.reload();
      await page.getByText('You are not signed in.').waitFor();
      assert.equal(authorized(world).length, 1, 'no sign-in by itself');
      // The platform knows the user by now.
      await button(page).click();
      await page.getByText('The secret of').waitFor();
    });

    test('RequireAuth shows why the sign-in failed, and does not try again by itself', async (t) => {
      const world = await app(t, guarded(), { provider: { consent: 'ask' } });
      const page = await world.tab('/reports');
      await page.getByRole('button', { name: 'Use Ada Lovelace' }).click();
      await page.getByRole('button', { name: 'Deny' }).click();
      await page.getByRole('alert').getByText('refused the sign-in').waitFor();
      assert.equal(address(page), '/reports');
      assert.equal(authorized(world).length, 1);
      await button(page, 'Try again').click();
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.getByText('The secret of').waitFor();
    });

    test('RequireAuth leaves a user who comes back by the back button where they are', async (t) => {
      const world = await app(t, guarded());
      const page = await world.tab('/reports');
      await atProvider(page);
      await page.goBack();
      await page.getByText('You are not signed in.').waitFor();
      assert.equal(authorized(world).length, 1);
    });

    test('RequireAuth: a callback of another tab’s sign-in gives a sentence and a button, and no redirect', async (t) => {
      const world = await app(t, guarded());
      const page = await world.tab('/callback?code=foreign&state=foreign');
      await page.getByText('started in another tab').waitFor();
      assert.equal(authorized(world).length, 0);
      assert.equal(address(page), '/');
      await button(page).click();
      await choose(page, world);
      await page.getByText('The secret of').waitFor();
    });

    test('RequireAuth’s parts can be replaced', async (t) => {
      const world = await app(
        t,
        guarded(`renderError={(error, signIn) => <button onClick={signIn}>again: {error.code}</button>}
          renderSignedOut={(reason, signIn) => <button onClick={signIn}>in: {reason}</button>}
          loginOptions={{ prompt: 'login', appState: { returnTo: '/elsewhere' } }}`),
      );
      const page = await world.tab('/callback?code=foreign&state=foreign');
      await button(page, 'again: state_unknown').click();
      await choose(page, world);
      await page.getByText('The secret of').waitFor();
      assert.equal(address(page), '/elsewhere');
      assert.equal(authorized(world)[0].query.prompt, 'login');
      await button(page, 'Sign out').click();
      await button(page, 'in: logout').waitFor();
    });

    test('withAuthenticationRequired, SignedIn, SignedOut, SignInError and useAccessToken', async (t) => {
      const world = await app(
        t,
        `const Secret = withAuthenticationRequired(
          function Hidden({ word }) {
            const { token } = useAccessToken();
            return <p>{word} <code>{token}</code></p>;
          },
          { fallback: 'one moment' },
        );
        window.named = Secret.displayName;
        function App() {
          const { loginWithRedirect, getAccessToken } = useIntelliAuth();
          return (
            <main>
              <SignInError />
              <SignedIn>{(user) => <h1>{user.name}</h1>}</SignedIn>
              <SignedIn><h2>in</h2></SignedIn>
              <SignedOut><button onClick={loginWithRedirect}>Sign in</button></SignedOut>
              <button onClick={() => getAccessToken({ forceRefresh: true })}>Renew</button>
              {location.pathname === '/secret' && <Secret word="abracadabra" />}
            </main>
          );
        }
        mount(<IntelliAuthProvider {...given}><App /></IntelliAuthProvider>);`,
      );
      const page = await world.tab('/callback?code=foreign&state=foreign');
      await page.getByRole('alert').getByText('started in another tab').waitFor();
      assert.equal(await button(page).count(), 2);
      assert.equal(await page.evaluate(() => named), 'withAuthenticationRequired(Hidden)');
      await page.goto(`${world.origin}/secret`);
      await choose(page, world);
      await page.getByText('abracadabra').waitFor();
      await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
      await page.getByRole('heading', { name: 'in', exact: true }).waitFor();
      assert.equal(await button(page).count(), 0);
      await page.locator('code').getByText(world.exchanges()[0].response.access_token).waitFor();
      await button(page, 'Renew').click();
      const [{ response }] = await until(
        world,
        () => world.refreshes()[0]?.response && world.refreshes(),
        'a refresh',
      );
      await page.locator('code').getByText(response.access_token).waitFor();
    });

    test('Suspense waits until it is known who is signed in, through a callback too', async (t) => {
      const world = await app(
        t,
        `class Boundary extends Component {
          state = {};
          static getDerivedStateFromError(error) { return { error }; }
          render() { return this.state.error ? <p role="alert">{this.state.error.code}</p> : this.props.children; }
        }
        window.statuses = [];
        function Inner() {
          const auth = useSuspenseIntelliAuth();
          statuses.push(auth.status);
          return <><p>{auth.user?.name ?? auth.reason}</p><button onClick={auth.loginWithRedirect}>Sign in</button></>;
        }
        mount(
          <IntelliAuthProvider {...given}>
            <main><Boundary><Suspense fallback="waiting"><Inner /></Suspense></Boundary></main>
          </IntelliAuthProvider>);`,
      );
      const page = await world.tab();
      await page.getByText('never').waitFor();
      await button(page).click();
      await choose(page, world);
      await page.getByText('Ada Lovelace').waitFor();
      assert.deepEqual(new Set(await page.evaluate(() => statuses)), new Set(['authenticated']));
      await page.addInitScript(() => {
        window.given = { ...window.given, scope: 'profile' };
      });
      await page.reload();
      await page.getByRole('alert').getByText('invalid_config').waitFor();
    });
  });
}

describe('between the callback and the page', { concurrency: 2, timeout: 600_000 }, () => {
  const ROUTES = `
    import { BrowserRouter, Route, Routes, useLocation, useNavigate } from 'react-router';
    window.frames_ = [];
    function Page({ name }) {
      const { status, error, loginWithRedirect } = useIntelliAuth();
      useEffect(() => { frames_.push([name, status, error?.code].join(' ').trim()); });
      return <main><p>{name} {status} {error?.code}</p><button onClick={loginWithRedirect}>Sign in</button></main>;
    }
    function Auth({ children }) {
      const navigate = useNavigate();
      return <IntelliAuthProvider {...given} navigate={(url) => navigate(url, { replace: true })}>{children}</IntelliAuthProvider>;
    }
    mount(
      <BrowserRouter><Auth><Routes>
        <Route path="/callback" element={<Page name="callback" />} />
        <Route path="*" element={<Page name="home" />} />
      </Routes></Auth></BrowserRouter>, false);`;

  test('no frame of the callback’s page says that nothing is to be finished, completed or refused', async (t) => {
    const world = await reactApp(t, browser, ROUTES, { provider: { consent: 'ask' } });
    const page = await world.tab('/start');
    await button(page).click();
    await page.getByRole('button', { name: 'Use Ada Lovelace' }).click();
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.getByText('home unauthenticated access_denied').waitFor();
    const frames = () => page.evaluate(() => frames_.filter((frame) => /^callback (?!loading)/.test(frame)));
    assert.deepEqual(await frames(), []);
    assert.equal(address(page), '/start');
    await button(page).click();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByText('home authenticated').waitFor();
    assert.deepEqual(await frames(), []);
    assert.equal(address(page), '/start');
  });

  test('an app that stays on the callback after a cancelled sign-in is not led back to it by the next one', async (t) => {
    const world = await reactApp(
      t,
      browser,
      `function App() {
        const auth = useIntelliAuth();
        return <main><p>{auth.user?.name}</p>{auth.error?.code}<button onClick={auth.loginWithRedirect}>Sign in</button></main>;
      }
      mount(<IntelliAuthProvider {...given} onSignInError={() => {}}><App /></IntelliAuthProvider>);`,
      { provider: { consent: 'ask' } },
    );
    const page = await world.tab('/start');
    await button(page).click();
    await page.getByRole('button', { name: 'Use Ada Lovelace' }).click();
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.getByText('access_denied').waitFor();
    assert.equal(address(page), '/callback');
    await button(page).click();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByText('Ada Lovelace').waitFor();
    assert.equal(address(page), '/');
  });

  test('what an app’s listener throws is reported, and neither other listeners nor the sign-in suffer', async (t) => {
    const world = await reactApp(
      t,
      browser,
      `window.heard = [];
      function App() {
        const auth = useIntelliAuth();
        useEffect(() => auth.subscribe(() => { throw new Error('of a listener'); }), [auth.subscribe]);
        useEffect(() => auth.subscribe((state, event) => { if (event) heard.push(event.type); }), [auth.subscribe]);
        return <main><p>{auth.user?.name}</p><button onClick={auth.loginWithRedirect}>Sign in</button></main>;
      }
      mount(<IntelliAuthProvider {...given}><App /></IntelliAuthProvider>, false);`,
    );
    const page = await world.tab();
    const reported = page.waitForEvent('pageerror');
    await button(page).click();
    await choose(page, world);
    await page.getByText('Ada Lovelace').waitFor();
    assert.match(String(await reported), /of a listener/);
    assert.ok((await page.evaluate(() => heard)).includes('signed_in'));
  });

  test('what the app’s callback throws is reported, and the sign-in is shown all the same', async (t) => {
    const world = await reactApp(
      t,
      browser,
      `function App() { const auth = useIntelliAuth(); return <main><p>{auth.user?.name}</p><button onClick={auth.loginWithRedirect}>Sign in</button></main>; }
      mount(<IntelliAuthProvider {...given} onSignedIn={async () => { throw new Error('of the app'); }}><App /></IntelliAuthProvider>);`,
    );
    const page = await world.tab();
    const reported = page.waitForEvent('pageerror');
    await button(page).click();
    await choose(page, world);
    await page.getByText('Ada Lovelace').waitFor();
    assert.match(String(await reported), /of the app/);
  });
});
