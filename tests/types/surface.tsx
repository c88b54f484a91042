// What an app's compiler is to accept and to refuse. Compiled, never run.
import {
  createIntelliAuth,
  type ErrorCode,
  type IntelliAuth,
  IntelliAuthError,
  isIntelliAuthError,
  type User,
} from '@intelliauth/spa-sdk';
import { type AuthorizationTransaction, createCodeFlow } from '@intelliauth/spa-sdk/protocol';
import {
  IntelliAuthContext,
  IntelliAuthProvider,
  RequireAuth,
  SignedIn,
  useIntelliAuth,
  useSuspenseIntelliAuth,
  withAuthenticationRequired,
} from '@intelliauth/spa-sdk/react';
import { createAuthStore } from '@intelliauth/spa-sdk/store';
import url from '@intelliauth/spa-sdk/wasm';
import { Component, type ReactElement } from 'react';

declare module '@intelliauth/spa-sdk' {
  interface CustomClaims {
    readonly roles?: readonly string[];
  }
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const yes = <_T extends true>() => {};

// The provider's type, which TypeScript 5.0 takes for a component.
yes<Same<ReturnType<typeof IntelliAuthProvider>, ReactElement>>();

// Options, or a client, or its promise; never both.
declare const client: IntelliAuth;
const options = { tenantUrl: 'https://tenant.example', clientId: 'app' };
export const providers = [
  <IntelliAuthProvider key={1} {...options} />,
  <IntelliAuthProvider key={2} client={client} navigate={(url) => Promise.resolve(url)} />,
  <IntelliAuthProvider key={3} client={createIntelliAuth(options)} onSignedIn={({ user }) => user.sub} />,
  // @ts-expect-error a client has its own options
  <IntelliAuthProvider key={4} client={client} tenantUrl="https://tenant.example" clientId="app" />,
  // @ts-expect-error the client id is missing
  <IntelliAuthProvider key={5} tenantUrl="https://tenant.example" />,
];

// `undefined` counts as absent, also where a compiler tells the two apart.
declare const perhaps: { text: string | undefined; signal: AbortSignal | undefined };
export const absent = [
  createIntelliAuth({ ...options, redirectUri: perhaps.text, endpoints: { token: perhaps.text } }),
  client.loginWithRedirect({ appState: { returnTo: perhaps.text }, extraParams: { audience: perhaps.text } }),
  client.handleCallback(perhaps.text, { signal: perhaps.signal }),
  client.getAccessToken({ signal: perhaps.signal }),
  client.logout({ returnTo: perhaps.text }),
  createCodeFlow({ ...options, redirectUri: 'https://app.example/', scope: perhaps.text }),
  <IntelliAuthProvider key={6} {...options} scope={perhaps.text} navigate={undefined} />,
  <RequireAuth key={7} renderError={undefined} loginOptions={undefined} />,
];

// Methods as event handlers.
export function Buttons() {
  const { loginWithRedirect, logout } = useIntelliAuth();
  return (
    <form onSubmit={loginWithRedirect}>
      <button type="button" onClick={loginWithRedirect}>
        in
      </button>
      <button type="button" onClick={logout}>
        out
      </button>
    </form>
  );
}
document.body.onclick = (event) => client.loginWithRedirect(event);
// @ts-expect-error no such option
void client.loginWithRedirect({ promt: 'login' });

// The state narrows by its status.
export function Account() {
  const auth = useIntelliAuth();
  if (auth.status === 'authenticated') {
    yes<Same<typeof auth.user, User>>();
    yes<Same<typeof auth.expiresAt, number>>();
  }
  if (auth.status === 'error') yes<Same<typeof auth.error, IntelliAuthError>>();
  const settled = useSuspenseIntelliAuth();
  // @ts-expect-error never shown as loading
  if (settled.status === 'loading') return null;
  return <SignedIn>{(user) => user.roles?.join()}</SignedIn>;
}

export class Old extends Component {
  static override contextType = IntelliAuthContext;
  declare context: React.ContextType<typeof IntelliAuthContext>;
  override render() {
    return this.context?.user?.name;
  }
}

const Reports = withAuthenticationRequired(({ year }: { year: number }) => <b>{year}</b>, { fallback: '…' });
export const reports = [
  <Reports key={1} year={2026} />,
  // @ts-expect-error the component's own properties are kept
  <Reports key={2} />,
  <RequireAuth
    key={3}
    renderError={(error, signIn) => (
      <button type="button" onClick={signIn}>
        {error.code}
      </button>
    )}
  />,
];

// Claims of the app's own, and appState that is an interface.
export const roles: readonly string[] | undefined = client.getUser()?.roles;
export const claim: readonly string[] | undefined = client.getIdTokenClaims()?.roles;
interface Wanted {
  tab: number;
  from: Date;
}
declare const wanted: Wanted;
void client.loginWithRedirect({ appState: wanted });
// @ts-expect-error where to return to is text
void client.loginWithRedirect({ appState: { returnTo: 7 } });

// Errors, whose details narrow by their code.
export function told(error: unknown): string | undefined {
  if (isIntelliAuthError(error, 'clock_skew')) return error.details.offsetSeconds;
  if (!(error instanceof IntelliAuthError)) return undefined;
  yes<Same<typeof error.code, ErrorCode>>();
  switch (error.code) {
    case 'invalid_config':
      yes<Same<typeof error.details.option, string>>();
      return error.details.instead;
    case 'id_token_invalid':
      yes<Same<typeof error.details.expected, string | undefined>>();
      return error.details.check;
    default:
      return error.details.elsewhere;
  }
}
yes<Same<InstanceType<typeof IntelliAuthError>['code'], ErrorCode>>();

// The wasm's address.
void createIntelliAuth({ ...options, wasm: url });

// Svelte's contract.
const store = createAuthStore(options);
const unsubscribe: () => void = store.subscribe(({ status, user }) => [status, user?.name]);
unsubscribe();

/** By hand nothing waits but the signature, and after a sign-in there is always an ID token. */
export async function byHand(kept: AuthorizationTransaction): Promise<string> {
  const flow = await createCodeFlow({
    tenantUrl: 'https://t.example',
    clientId: 'app',
    redirectUri: 'https://a.example/',
  });
  const request = flow.buildTokenRequest(
    flow.processAuthorizationResponse('https://a.example/?code=a', kept),
    kept,
  );
  yes<Same<typeof request.method, 'GET' | 'POST'>>();
  const tokens = flow.processTokenResponse({ status: 200, body: '{}' }, kept);
  yes<Same<typeof tokens.idToken, string>>();
  yes<Same<typeof tokens.refreshToken, string | undefined>>();
  await flow.verifyIdTokenSignature(tokens.idToken, { keys: [] });
  // @ts-expect-error a redirect URI is needed
  await createCodeFlow({ tenantUrl: 'https://t.example', clientId: 'app' });
  return tokens.claims.sub;
}
