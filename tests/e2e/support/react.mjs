// A small React app with the built package, bundled as an app would.
import { root } from '../../../scripts/lib/run.mjs';
import { servedPath } from './serve.mjs';

/** Shows the state, the user's name and the error; records every state that was shown, with the address it was shown at. */
const APP = `
  import { createRoot } from 'react-dom/client';
  import { IntelliAuthProvider, useIntelliAuth } from '@intelliauth/spa-sdk/react';

  window.shown = [];
  window.heard = [];
  addEventListener('popstate', () => heard.push('popstate'));
  const navigate = (url) => {
    heard.push(url);
    history.replaceState(history.state, '', url);
  };

  function Account({ name }) {
    const auth = useIntelliAuth();
    (window.clients ??= {})[name] = auth;
    shown.push({ name, status: auth.status, code: auth.error?.code, at: location.pathname + location.search });
    return (
      <main data-client={name} data-status={auth.status}>
        <p>{auth.user?.name ?? 'not signed in'}</p>
        {auth.error && <p role="alert">{auth.error.code}</p>}
        <button onClick={() => auth.loginWithRedirect().catch(() => {})}>Sign in</button>
      </main>
    );
  }
  const clients = [given].flat();
  createRoot(document.getElementById('root')).render(
    clients.map((options, at) => (
      <IntelliAuthProvider key={at} navigate={navigate} {...options}>
        <Account name={String(at)} />
      </IntelliAuthProvider>
    )),
  );
`;

let bundled;

/** The app's files, by path. What `window.given` says are its options, or a list of them for several providers. */
export async function reactFiles() {
  bundled ??= bundle();
  return {
    '/index.html':
      '<!doctype html><title>react</title><link rel="icon" href="data:,"><div id="root"></div><script type="module" src="/app.js"></script>',
    ...(await bundled),
  };
}

async function bundle() {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    stdin: { contents: APP, resolveDir: root, sourcefile: 'app.jsx', loader: 'jsx' },
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    outdir: '/out',
    entryNames: 'app',
    absWorkingDir: root,
    write: false,
  });
  return Object.fromEntries(outputFiles.map(({ path, text }) => [servedPath(path), text]));
}
