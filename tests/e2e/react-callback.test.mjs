// Between the callback and the page: what React shows, and what an app’s own callbacks do there.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { openBrowser } from './support/browser.mjs';
import { choose } from './support/flow.mjs';
import { address, button, reactApp } from './support/react-app.mjs';

const browser = await openBrowser();
after(() => browser.close());

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
