/**
 * What works in a DOM that is no browser: no network is there, and `globalThis` is no `Window`.
 *
 * @param {object} modules `sdk`, `sdkReact`, `kit`, `kitReact`, `explain`, `protocol`, `react`, `reactDom` and `assert`, as the
 * runner has them
 * @returns {Record<string, () => Promise<void>>}
 */
module.exports = ({ sdk, sdkReact, kit, kitReact, explain, protocol, react, reactDom, assert }) => {
  const { act, createElement: h } = react;
  const options = {
    tenantUrl: 'https://tenant.example',
    clientId: 'app',
    redirectUri: `${location.origin}/callback`,
  };
  globalThis.IS_REACT_ACT_ENVIRONMENT = true;

  /** Shows `element` until it says so, and answers with the page's text. */
  const shown = async (element, text) => {
    const main = document.body.appendChild(document.createElement('main'));
    const root = reactDom.createRoot(main);
    await act(async () => root.render(element));
    // The wasm is compiled in the background; nothing tells a test when.
    for (let tries = 0; tries < 2000 && main.textContent !== text; tries++) {
      await act(() => new Promise((resolve) => setTimeout(resolve, 5)));
    }
    const said = main.textContent;
    await act(async () => root.unmount());
    main.remove();
    // The client is disposed of in a task of its own, and its channel would keep the process.
    await new Promise((resolve) => setTimeout(resolve));
    return said;
  };

  return {
    'loginWithRedirect gives the URL': async () => {
      const auth = await sdk.createIntelliAuth(options);
      assert.equal(auth.getState().status, 'unauthenticated');
      let given;
      const openUrl = (url) => {
        given = new URL(url);
      };
      await auth.loginWithRedirect({ openUrl, appState: { returnTo: '/über' } });
      auth.dispose();
      assert.equal(given.origin + given.pathname, 'https://tenant.example/oauth2/authorize');
      assert.equal(given.searchParams.get('redirect_uri'), options.redirectUri);
      assert.equal(given.searchParams.get('code_challenge').length, 43);
    },

    'a wrong option is refused as such': async () => {
      const error = await sdk
        .createIntelliAuth({ ...options, tenantUrl: 'tenant.example' })
        .catch((error) => error);
      assert.ok(sdk.isIntelliAuthError(error, 'invalid_config'), String(error));
      assert.ok(error instanceof sdkReact.IntelliAuthError);
    },

    'a component meets the states and errors that a test names': async () => {
      const App = () => {
        const { status, user, error, loginWithRedirect } = sdkReact.useIntelliAuth();
        if (error) return h('p', null, error.code);
        return h('button', { type: 'button', onClick: () => loginWithRedirect() }, user?.name ?? status);
      };
      const auth = kit.createTestClient(kit.loading());
      const main = document.body.appendChild(document.createElement('main'));
      const root = reactDom.createRoot(main);
      await act(async () => root.render(h(kitReact.IntelliAuthTestProvider, { client: auth }, h(App))));
      assert.equal(main.textContent, 'loading');
      await act(async () => auth.become(kit.signedInAs({ name: 'Ada Lovelace' })));
      assert.equal(main.textContent, 'Ada Lovelace');
      await act(async () => auth.become(kit.signedOut('session_expired')));
      assert.equal(main.textContent, 'unauthenticated');
      auth.fail('loginWithRedirect', 'storage_unavailable');
      await act(async () => main.querySelector('button').click());
      assert.equal(main.textContent, 'storage_unavailable');
      assert.equal(auth.callsTo('loginWithRedirect').length, 1);
      await act(async () => root.unmount());
      main.remove();
    },

    'a guarded component sends a user without a session to sign in': async () => {
      const auth = kit.createTestClient(kit.signedOut());
      const app = h(sdkReact.RequireAuth, { fallback: 'a moment' }, 'the reports');
      assert.equal(
        await shown(h(kitReact.IntelliAuthTestProvider, { client: auth }, app), 'a moment'),
        'a moment',
      );
      assert.equal(auth.callsTo('loginWithRedirect').length, 1);
    },

    'an error of the kit is one of the app’s': async () => {
      const error = kit.testError('network_error');
      assert.ok(error instanceof sdk.IntelliAuthError);
      assert.ok(sdkReact.isIntelliAuthError(error, 'network_error'));
    },

    'a request is built by hand and explained': async () => {
      const flow = await protocol.createCodeFlow(options);
      const { url } = flow.buildAuthorizationRequest();
      const registered = [`${options.redirectUri}/`];
      const { kind, findings } = await explain.explain(url, { redirectUris: registered });
      assert.equal(kind, 'authorization_request');
      assert.equal(findings[0].code, 'redirect_uri_trailing_slash');
    },

    'the provider renders and loads': async () => {
      const App = () => h('p', null, sdkReact.useIntelliAuth().status);
      const app = h(sdkReact.IntelliAuthProvider, options, h(App));
      assert.equal(await shown(app, 'unauthenticated'), 'unauthenticated');
    },
  };
};
