// RequireAuth: who is sent to sign in, and who is given a button instead.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser } from './support/browser.mjs';
import { choose } from './support/flow.mjs';
import { address, atProvider, authorized, button, inEachReact } from './support/react-app.mjs';

const browser = await openBrowser();
after(() => browser.close());

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

inEachReact(browser, (app) => {
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

  test('RequireAuth: that the user came by the back button counts once, not whenever they are at that page', async (t) => {
    const world = await app(
      t,
      `function App() {
        const [path, setPath] = useState(location.pathname);
        window.go = (path) => {
          history.pushState({}, '', path);
          setPath(path);
        };
        const secret = <RequireAuth><p>secret</p></RequireAuth>;
        return <main>{path === '/reports' ? <>{secret}{secret}</> : <p>home</p>}</main>;
      }
      mount(<IntelliAuthProvider {...given}><App /></IntelliAuthProvider>);`,
    );
    const page = await world.tab('/reports');
    await atProvider(page);
    await page.goBack();
    const offered = page.getByText('You are not signed in.');
    await offered.first().waitFor();
    assert.equal(await offered.count(), 2);
    await page.evaluate(() => go('/'));
    await page.getByText('home').waitFor();
    assert.equal(authorized(world).length, 1);
    await page.evaluate(() => go('/reports'));
    await atProvider(page);
    assert.equal(authorized(world).length, 2);
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
});
