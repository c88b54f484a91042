// The documents' examples for other libraries and frameworks, run as they are written there.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { openBrowser } from './support/browser.mjs';
import { example as exampleIn, named } from './support/example.mjs';
import { choose } from './support/flow.mjs';

const browser = await openBrowser();
after(() => browser.close());
const example = (t, ...rest) => exampleIn(t, browser, ...rest);

/** Makes `window.client`, signed in, of the example's `auth`. */
const SIGN_IN = `
  import { auth } from './auth';
  window.client = await auth;
  if (client.isCallback()) {
    await client.handleCallback();
    document.title = 'signed in';
  } else void client.loginWithRedirect();`;
const auth = { auth: named('docs/api.md', 'auth.ts') };
const authorization = (world, path) =>
  world.platform.log.filter((entry) => entry.path === path && entry.method === 'GET').at(-1)?.headers
    .authorization;

async function signedIn(world, page) {
  await choose(page, world);
  await page.waitForFunction(() => document.title === 'signed in');
}

describe('the documents’ examples', { concurrency: 2, timeout: 600_000 }, () => {
  for (const document of ['README.md', 'pkg/README.md']) {
    test(`${document}’s quickstart is an app: it signs in and out, and says why where that fails`, async (t) => {
      const entry = `import { createElement } from 'react'; import { createRoot } from 'react-dom/client'; import App from './App.tsx';
        createRoot(document.getElementById('app')).render(createElement(App));`;
      const world = await example(t, entry, { 'App.tsx': named(document, 'tsx') });
      const page = await world.open();
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('alert').getByText('refused the sign-in').waitFor();
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await choose(page, world);
      await page.getByRole('button', { name: 'Sign out Ada Lovelace' }).click();
      await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    });
  }

  test('README.md’s plain page signs in, and says why where that fails', async (t) => {
    const around = `
      const main = document.getElementById('app');
      const render = (user, problem, signIn) => {
        const button = document.createElement('button');
        button.textContent = 'Sign in';
        button.onclick = signIn;
        main.append(problem, user ? user.name : button);
      };
      const show = async (response) => main.append(' ', await response.text());
      Object.assign(globalThis, { render, show, tenantUrl: 'https://your-tenant.example', clientId: 'your-client-id' });`;
    const plain = named('README.md', 'js').replace('/reports', '/api/me');
    const world = await example(t, `import './around'; import './plain';`, { around, plain });
    const page = await world.open();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('refused the sign-in').waitFor();
    assert.equal(page.url(), `${world.origin}/`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await choose(page, world);
    await page.getByText('Ada Lovelace {"sub":"usr_ada"').waitFor();
  });

  test('docs/prompt-none.md: a user without a session at the platform sees a button and no error; one with a session is signed in', async (t) => {
    const snippet = (name) => named('docs/prompt-none.md', `${name}.tsx`);
    const entry = `import { createElement } from 'react'; import { createRoot } from 'react-dom/client';
      import { IntelliAuthProvider, useIntelliAuth } from '@intelliauth/spa-sdk/react';
      import { useSessionOfPlatform } from './platform-session.tsx'; import { SignIn } from './sign-in.tsx';
      function Page() {
        useSessionOfPlatform();
        const { user } = useIntelliAuth();
        return user ? createElement('p', null, 'Hello ' + user.name) : createElement(SignIn);
      }
      const options = { tenantUrl: 'https://your-tenant.example', clientId: 'your-client-id' };
      createRoot(document.getElementById('app')).render(createElement(IntelliAuthProvider, options, createElement(Page)));`;
    const world = await example(t, entry, {
      'platform-session.tsx': snippet('platform-session'),
      'sign-in.tsx': snippet('sign-in'),
    });
    const page = await world.context.newPage();
    const refused = page.waitForRequest((request) => request.url().includes('error=login_required'));
    await page.goto(`${world.origin}/`);
    await refused;
    const button = page.getByRole('button', { name: 'Sign in', exact: true });
    await button.waitFor();
    assert.equal(await page.getByRole('alert').count(), 0);
    await button.click();
    await choose(page, world);
    await page.getByText('Hello Ada Lovelace').waitFor();
    const other = await world.open();
    await other.getByText('Hello Ada Lovelace').waitFor();
  });

  test('axios sends the token, and a renewed one after a 401', async (t) => {
    const world = await example(t, `${SIGN_IN} import { api } from './axios'; window.api = api;`, {
      ...auth,
      axios: named('docs/api.md', 'axios.ts'),
    });
    const page = await world.open();
    await signedIn(world, page);
    const me = () => page.evaluate(() => api.get('/api/me').then(({ data }) => data.sub));
    assert.equal(await me(), 'usr_ada');
    const { access_token } = world.exchanges()[0].response;
    assert.equal(authorization(world, '/api/me'), `Bearer ${access_token}`);
    let refused = 0;
    await page.route('**/api/me', (route) => {
      const given = route.request().headers().authorization;
      if (!given || given !== `Bearer ${access_token}`) return route.continue();
      refused++;
      return route.fulfill({ status: 401, headers: { 'access-control-allow-origin': '*' } });
    });
    assert.equal(await me(), 'usr_ada');
    assert.equal(refused, 1);
    assert.equal(world.refreshes().length, 1);
  });

  test('Apollo sends the token', async (t) => {
    const world = await example(
      t,
      `${SIGN_IN} import { gql } from '@apollo/client'; import { apollo } from './apollo';
      window.ask = () => apollo.query({ query: gql\`{ me { name } }\` }).then(({ data }) => data.me.name);`,
      { ...auth, apollo: named('docs/api.md', 'apollo.ts') },
    );
    const page = await world.open();
    await signedIn(world, page);
    let given;
    const headers = {
      'access-control-allow-origin': '*',
      'access-control-allow-headers': '*, authorization, content-type',
    };
    await page.route('**/graphql', (route) => {
      given = route.request().headers().authorization ?? given;
      return route.fulfill({ json: { data: { me: { name: 'Ada', __typename: 'User' } } }, headers });
    });
    assert.equal(await page.evaluate(() => ask()), 'Ada');
    assert.equal(given, `Bearer ${world.exchanges()[0].response.access_token}`);
  });

  test('a WebSocket is given the token first, then each renewed one, and is closed by a sign-out', async (t) => {
    const world = await example(
      t,
      `${SIGN_IN} import { connect } from './socket'; window.connect = connect;`,
      {
        ...auth,
        socket: named('docs/api.md', 'socket.ts'),
      },
    );
    const page = await world.open();
    await page.addInitScript(() => {
      window.said = [];
      window.WebSocket = class extends EventTarget {
        send(text) {
          window.said.push(JSON.parse(text));
        }
        close() {
          window.said.push('closed');
          this.dispatchEvent(new Event('close'));
        }
      };
    });
    await signedIn(world, page);
    await page.evaluate(async () =>
      (await connect('wss://api.example.com/live')).dispatchEvent(new Event('open')),
    );
    await page.waitForFunction(() => said.length === 1);
    await page.evaluate(() => client.getAccessToken({ forceRefresh: true }));
    await page.waitForFunction(() => said.length === 2);
    await page.evaluate(() => client.logout());
    await page.waitForFunction(() => said.length === 3);
    assert.deepEqual(await page.evaluate(() => said), [
      { type: 'token', token: world.exchanges()[0].response.access_token },
      { type: 'token', token: world.refreshes()[0].response.access_token },
      'closed',
    ]);
  });

  test('Angular’s guard sends to sign in and comes back, not after a sign-in that failed or a sign-out; the interceptor adds the token for the API alone', async (t) => {
    const snippet = (name) => named('docs/frameworks.md', `${name}.ts`);
    // Angular's own router needs Angular's compiler.
    const guard = snippet('angular-guard').replaceAll(/'@angular\/\w+'/g, "'./angular'");
    const world = await example(
      t,
      `import { auth, answerCallback, signInError } from './angular-auth';
      import { requireAuth } from './angular-guard';
      import { accessToken } from './angular-interceptor';
      import { firstValueFrom, of } from 'rxjs';
      await answerCallback();
      window.intercept = (url) => firstValueFrom(accessToken({ url, clone: ({ setHeaders }) => ({ url, ...setHeaders }) }, of));
      window.logout = async () => (await auth).logout();
      window.allowed = await requireAuth({}, { url: '/reports?year=2026' });
      window.problem = signInError?.code;
      document.title = allowed === true ? 'signed in' : 'elsewhere';`,
      {
        'angular-auth': snippet('angular-auth'),
        'angular-guard': guard,
        'angular-interceptor': snippet('angular-interceptor'),
        angular: `export class Router {}
          export const inject = () => ({ createUrlTree: ([path]) => path });`,
      },
    );
    const page = await world.open('/reports?year=2026');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.waitForFunction(() => document.title === 'elsewhere');
    assert.deepEqual(await page.evaluate(() => [allowed, problem]), ['/', 'access_denied']);
    await page.goto(`${world.origin}/reports?year=2026`);
    await signedIn(world, page);
    assert.equal(page.url(), `${world.origin}/reports?year=2026`);
    assert.equal(await page.evaluate(() => allowed), true);
    const { access_token } = world.exchanges()[0].response;
    const api = `${world.platform.issuer}/api/me`;
    assert.equal((await page.evaluate((api) => intercept(api), api)).authorization, `Bearer ${access_token}`);
    assert.equal(
      (await page.evaluate(() => intercept('https://elsewhere.example/'))).authorization,
      undefined,
    );
    await page.evaluate(() => logout());
    await page.reload();
    await page.waitForFunction(() => document.title === 'elsewhere');
    assert.equal(await page.evaluate(() => allowed), '/');
  });

  test('Svelte: the component signs in and out by the store, whose subscribe calls back at once', async (t) => {
    const world = await example(
      t,
      `import { mount } from 'svelte';
      import { derived, get } from 'svelte/store';
      import App from './App.svelte';
      import { auth } from './auth';
      window.first = get(auth).status;
      window.name_ = derived(auth, ({ user }) => user?.name);
      window.now = () => get(window.name_);
      mount(App, { target: document.getElementById('app') });`,
      {
        'App.svelte': named('docs/frameworks.md', 'svelte'),
        auth: named('docs/frameworks.md', 'auth.ts'),
      },
    );
    const page = await world.open('/start');
    assert.equal(await page.evaluate(() => first), 'loading');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await choose(page, world);
    await page.getByRole('button', { name: 'Sign out Ada Lovelace' }).waitFor();
    assert.equal(await page.evaluate(() => now()), 'Ada Lovelace');
    assert.equal(page.url(), `${world.origin}/start`);
    await page.getByRole('button', { name: 'Sign out Ada Lovelace' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  });

  test('Vue: the component signs in and out by the plugin, and its guard asks for a sign-in, but not after a sign-out', async (t) => {
    const world = await example(
      t,
      `import './main';
      import { intelliAuth } from './main';
      window.guard = (fullPath) => intelliAuth.requireAuth('/out')({ fullPath });
      window.auth = intelliAuth.auth;`,
      {
        main: named('docs/frameworks.md', 'main.ts'),
        'App.vue': named('docs/frameworks.md', 'vue'),
        router: `
          window.heard = [];
          export default {
            install() {},
            async replace(url) {
              window.heard.push(url);
              // As a router does, whose guard asks while it is on its way.
              window.heard.push(await window.guard(url));
              history.replaceState(history.state, '', url);
            },
          };`,
      },
      { provider: { consent: 'ask' } },
    );
    const page = await world.open('/start');
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await page.evaluate(() => void guard('/reports'));
    await page.getByRole('button', { name: 'Use Ada Lovelace' }).click();
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.getByRole('alert').waitFor();
    assert.deepEqual(
      await page.evaluate(() => heard),
      ['/reports', '/out'],
      'after a failure the user decides',
    );
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByRole('button', { name: 'Sign out Ada Lovelace' }).waitFor();
    assert.deepEqual(await page.evaluate(() => heard), ['/reports', true]);
    assert.equal(page.url(), `${world.origin}/reports`);
    assert.equal(await page.evaluate(() => guard('/reports')), true);
    await page.getByRole('button', { name: 'Sign out Ada Lovelace' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    assert.equal(await page.evaluate(() => guard('/reports')), '/out');
  });

  test('Vue before 3.5, whose apps have no onUnmount: the plugin starts all the same', async (t) => {
    const entry = `import { createIntelliAuthPlugin, useIntelliAuth } from '@intelliauth/spa-sdk/vue';
      import { createApp, h } from 'vue';
      const app = createApp({
        setup() {
          const { status } = useIntelliAuth();
          return () => h('p', status.value);
        },
      });
      app.onUnmount = undefined;
      app.use(createIntelliAuthPlugin({ tenantUrl: 'https://your-tenant.example', clientId: 'your-client-id' })).mount('#app');`;
    const world = await example(t, entry, {});
    const page = await world.open();
    await page.getByText('unauthenticated').waitFor();
  });
});
