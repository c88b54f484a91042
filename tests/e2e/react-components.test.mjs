// React’s components and hooks beside the provider.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser } from './support/browser.mjs';
import { choose, until } from './support/flow.mjs';
import { button, inEachReact } from './support/react-app.mjs';

const browser = await openBrowser();
after(() => browser.close());

inEachReact(browser, (app) => {
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

  test('useAccessToken gives nobody the token of the user before', async (t) => {
    const world = await app(
      t,
      `import { createTestClient, signedInAs } from '@intelliauth/spa-sdk/testing';
      import { IntelliAuthTestProvider } from '@intelliauth/spa-sdk/testing/react';
      window.pairs = [];
      const client = createTestClient(signedInAs({ sub: 'ada' }), {
        getAccessToken: async () => \`token of \${client.getUser().sub}\`,
      });
      window.become = (sub) => client.become(signedInAs({ sub }));
      function Pair() {
        const { user } = useIntelliAuth();
        const { token } = useAccessToken();
        if (token) pairs.push(\`\${user.sub}: \${token}\`);
        return <p>{user.sub} {token}</p>;
      }
      mount(<IntelliAuthTestProvider client={client}><Pair /></IntelliAuthTestProvider>);`,
    );
    const page = await world.context.newPage();
    await page.goto(world.origin);
    await page.getByText('ada token of ada').waitFor();
    await page.evaluate(() => become('grace'));
    await page.getByText('grace token of grace').waitFor();
    assert.deepEqual(await page.evaluate(() => [...new Set(pairs)]), [
      'ada: token of ada',
      'grace: token of grace',
    ]);
  });

  test('useAccessToken keeps the token over a renewal until the new one is there, and not over a sign-out', async (t) => {
    const world = await app(
      t,
      `import { createTestClient, signedInAs, signedOut } from '@intelliauth/spa-sdk/testing';
      import { IntelliAuthTestProvider } from '@intelliauth/spa-sdk/testing/react';
      window.seen = [];
      window.tokens = [];
      const client = createTestClient(signedInAs(), {
        getAccessToken: () => new Promise((resolve) => { window.answer = resolve; }),
      });
      window.renew = (expiresInSeconds) => client.become(signedInAs({}, { expiresInSeconds }));
      window.end = () => client.become(signedOut('logout'));
      function Token() {
        const { token } = useAccessToken();
        seen.push(token ?? 'none');
        return <p>{token ?? 'none'}</p>;
      }
      mount(<IntelliAuthTestProvider client={client}><Token /></IntelliAuthTestProvider>);`,
    );
    const page = await world.context.newPage();
    await page.goto(world.origin);
    await page.getByText('none').waitFor();
    await page.evaluate(() => answer('first'));
    await page.getByText('first').waitFor();
    await page.evaluate(async () => {
      const before = answer;
      seen.length = 0;
      renew(600);
      // Rendered, and what its effects changed as well.
      for (let frame = 0; frame < 3 || answer === before; frame++) await new Promise(requestAnimationFrame);
      answer('second');
    });
    await page.getByText('second').waitFor();
    assert.deepEqual(await page.evaluate(() => [...new Set(seen)]), ['first', 'second']);
    await page.evaluate(() => end());
    await page.getByText('none').waitFor();
    // The same user again has another session, and another token.
    await page.evaluate(() => {
      seen.length = 0;
      renew(900);
    });
    await page.waitForFunction(() => seen.length > 0);
    assert.deepEqual(await page.evaluate(() => [...new Set(seen)]), ['none']);
  });

  test('useSuspenseIntelliAuth gives a signed-out state without the user of before', async (t) => {
    const world = await app(
      t,
      `import { createTestClient, signedInAs, signedOut } from '@intelliauth/spa-sdk/testing';
      window.seen = [];
      const client = createTestClient(signedInAs({ name: 'Ada' }));
      window.end = () => client.become(signedOut('logout'));
      function Inner() {
        const { status, user, expiresAt, reason, error, logout } = useSuspenseIntelliAuth();
        seen.push([status, user?.name, typeof expiresAt, reason, error?.code, typeof logout].join());
        return <p>{status}</p>;
      }
      mount(
        <IntelliAuthProvider client={client}><Suspense fallback="waiting"><Inner /></Suspense></IntelliAuthProvider>);`,
    );
    const page = await world.context.newPage();
    await page.goto(world.origin);
    await page.getByText('authenticated', { exact: true }).waitFor();
    await page.evaluate(() => end());
    await page.getByText('unauthenticated').waitFor();
    assert.deepEqual(await page.evaluate(() => [...new Set(seen)]), [
      'authenticated,Ada,number,,,function',
      'unauthenticated,,undefined,logout,,function',
    ]);
  });

  test('the methods stay the same over states, with the test provider as with the real one', async (t) => {
    const world = await app(
      t,
      `import { createTestClient, signedInAs, signedOut } from '@intelliauth/spa-sdk/testing';
      import { IntelliAuthTestProvider } from '@intelliauth/spa-sdk/testing/react';
      window.seen = new Set();
      const client = createTestClient();
      window.become = (user) => client.become(user ? signedInAs(user) : signedOut('logout'));
      function Methods() {
        const auth = useIntelliAuth();
        for (const value of Object.values(auth)) if (typeof value === 'function') seen.add(value);
        return <p>{auth.user?.name ?? auth.reason}</p>;
      }
      const Provider = location.search ? IntelliAuthProvider : IntelliAuthTestProvider;
      mount(<Provider client={client}><Methods /></Provider>);`,
    );
    for (const real of [true, false]) {
      const page = await world.context.newPage();
      await page.goto(`${world.origin}/${real ? '?real' : ''}`);
      await page.getByText('never').waitFor();
      const before = await page.evaluate(() => seen.size);
      await page.evaluate(() => become({ name: 'Ada' }));
      await page.getByText('Ada').waitFor();
      await page.evaluate(() => become());
      await page.getByText('logout').waitFor();
      assert.equal(await page.evaluate(() => seen.size), before, real ? 'the real one' : 'the test provider');
    }
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
