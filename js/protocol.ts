/**
 * The authorization code flow by hand: *build a request → your I/O → process the answer*. For shims, harnesses and servers
 * that bring their own storage and transport; a page signs in with `createIntelliAuth`.
 */
import type { IntelliAuthError } from './errors.js';
import { call, checked, errorOf, load } from './explain/loader.js';
import { type Fault, fault } from './faults.js';
import {
  authorizationReaders,
  callable,
  endpoints,
  flag,
  members,
  number,
  type Reader,
  seconds,
  text,
  texts,
} from './options.js';
import type {
  AuthorizationRequestOptions,
  AuthorizationTransaction,
  CodeFlowOptions,
  EndSessionOptions,
  HttpRequest,
  HttpResponse,
  JsonWebKeySet,
  ProviderMetadata,
  TokenSet,
} from './protocol.types.js';
import { type SignatureAlgorithm, verified } from './signature.js';
import { webcrypto } from './webcrypto.js';

export { type ErrorCode, IntelliAuthError, isIntelliAuthError } from './errors.js';
export type * from './protocol.types.js';
export type { Endpoints, IdTokenClaims } from './types.js';

const clientOptions = members({
  tenantUrl: text,
  clientId: text,
  redirectUri: text,
  scope: text,
  issuer: text,
  endpoints,
  clockSkewSeconds: number,
  additionalAudiences: texts,
  now: callable,
});
const refused = (option: string, problem: string, instead: string): Fault =>
  fault('invalid_config', false, { option, problem, instead });

const milliseconds: Reader = (value, option) => {
  if (typeof value === 'number') return value;
  throw refused(option, 'it has the wrong type', 'milliseconds since 1970');
};

const requestOptions = members({ ...authorizationReaders, state: text, nonce: text, codeVerifier: text });
const transactionOptions = members({
  state: text,
  nonce: text,
  codeVerifier: text,
  redirectUri: text,
  issuer: text,
  clientId: text,
  scope: text,
  maxAge: seconds,
  startedAt: milliseconds,
});
const metadataOptions = members({
  endpoints,
  authorizationResponseIssParameterSupported: flag,
  idTokenSigningAlgValuesSupported: texts,
  warnings: (value) => value,
});
const endSessionOptions = members({ idTokenHint: text, postLogoutRedirectUri: text, state: text });

/** A complete transaction: a comparison with a missing member would accept anything, or nothing. */
function whole(transaction: AuthorizationTransaction): AuthorizationTransaction {
  const kept = checked(transactionOptions, transaction);
  const needed = [
    'state',
    'nonce',
    'codeVerifier',
    'redirectUri',
    'issuer',
    'clientId',
    'scope',
    'startedAt',
  ];
  for (const name of needed as (keyof AuthorizationTransaction)[]) {
    if (kept[name] === undefined || kept[name] === '') {
      throw errorOf(
        refused(name, 'it is missing', 'all of what buildAuthorizationRequest gave as `transaction`'),
      );
    }
  }
  return kept;
}

/** A text that must not be empty. */
function said(text: string, option: string): string {
  if (typeof text === 'string' && text !== '') return text;
  throw errorOf(refused(option, 'it is no text, or an empty one', 'a string'));
}

/** A `Response` of `fetch` is refused: its body cannot be read synchronously, and the code was spent for it. */
function answered(response: HttpResponse): HttpResponse {
  const { status, body } = Object(response) as HttpResponse;
  if (typeof status === 'number' && typeof body === 'string') return { status, body };
  const instead = '`{ status: response.status, body: await response.text() }`';
  throw errorOf(refused('response', 'it has the wrong type', instead));
}

/**
 * Loads the wasm of this entry and checks the options. Nothing is sent and nothing is stored, here or later.
 * @throws IntelliAuthError `invalid_config` with what to write instead; `wasm_blocked_by_csp`; `wasm_unavailable`
 * @example
 * const flow = await createCodeFlow({
 *   tenantUrl: 'https://your-tenant.example',
 *   clientId: 'your-client-id',
 *   redirectUri: 'https://app.example/callback',
 * });
 */
export async function createCodeFlow(options: CodeFlowOptions): Promise<CodeFlow> {
  const client = checked(clientOptions, options);
  await load();
  const flow = new Flow(client, undefined);
  // Refused now, and not with the first request.
  flow.buildMetadataRequest();
  return flow;
}

/**
 * The two ends of each request of one client's flow. Nothing here waits, but for the signature. Every error is an
 * {@link IntelliAuthError}, and none holds a code, verifier, state, nonce or token.
 */
export interface CodeFlow {
  /**
   * The URL to send the browser to, and what to keep until it comes back. RFC 6749 §4.1.1, RFC 7636 §4.3, OpenID Connect
   * Core §3.1.2.1.
   * @throws IntelliAuthError `invalid_config`
   * @example
   * const { url, transaction } = flow.buildAuthorizationRequest({ loginHint: 'ada@example.com' });
   * session.transaction = JSON.stringify(transaction);
   * response.redirect(url);
   */
  buildAuthorizationRequest(options?: AuthorizationRequestOptions): {
    readonly url: string;
    readonly transaction: AuthorizationTransaction;
  };
  /**
   * The `state` of a callback's address, to find its transaction by; undefined unless there is exactly one. It proves
   * nothing yet.
   * @example
   * const transaction = transactions.get(flow.stateOf(url));
   */
  stateOf(url: string): string | undefined;
  /**
   * Judges the callback's address and gives its code: its shape, `state`, age and `iss`. RFC 6749 §4.1.2, RFC 9207
   * §2.4. The transaction is spent in any case: remove it before the code is sent.
   * @throws IntelliAuthError `callback_invalid`, `state_unknown`, `transaction_expired`, `issuer_mismatch`, and the
   * provider's refusals: `access_denied`, `login_required`, `consent_required`, `interaction_required`,
   * `account_selection_required`, `platform_unavailable`, `authorization_refused`
   * @example
   * const code = flow.processAuthorizationResponse(location.href, transaction);
   */
  processAuthorizationResponse(url: string, transaction: AuthorizationTransaction): string;
  /**
   * The code's one exchange, RFC 6749 §4.1.3 and RFC 7636 §4.5. It must not be sent twice.
   * @throws IntelliAuthError `invalid_config`
   * @example
   * const request = flow.buildTokenRequest(code, transaction);
   * const response = await fetch(request.url, { ...request, credentials: 'omit', redirect: 'error' });
   */
  buildTokenRequest(code: string, transaction: AuthorizationTransaction): HttpRequest;
  /**
   * Judges the answer to the token request, and its ID token but for the signature. OpenID Connect Core §3.1.3.3 and
   * §3.1.3.7.
   * @throws IntelliAuthError `code_refused`, `client_refused`, `token_request_refused`, `token_response_invalid`,
   * `id_token_invalid`, `clock_skew`, `platform_unavailable`, `rate_limited`
   * @example
   * const tokens = flow.processTokenResponse({ status: response.status, body: await response.text() }, transaction);
   * console.log(tokens.claims.name);
   */
  processTokenResponse(
    response: HttpResponse,
    transaction: AuthorizationTransaction,
  ): TokenSet & Required<Pick<TokenSet, 'idToken' | 'claims' | 'scope'>>;
  /**
   * Verifies an ID token's signature by WebCrypto. RFC 7515 §5.2, RFC 7517. A token that came over TLS from the token
   * endpoint itself may do without (OpenID Connect Core §3.1.3.7 item 6).
   * @throws IntelliAuthError `id_token_invalid`; `id_token_signature_invalid`: where its `check` is `kid` the keys may be
   * older than the token, so read them again, once; `algorithm_unsupported`
   * @example
   * await flow.verifyIdTokenSignature(tokens.idToken, jwks);
   */
  verifyIdTokenSignature(idToken: string, jwks: JsonWebKeySet): Promise<void>;
  /**
   * A refresh, RFC 6749 §6. Where refresh tokens rotate, one must not be sent twice.
   * @example
   * if (tokens.refreshToken) await send(flow.buildRefreshRequest(tokens.refreshToken));
   */
  buildRefreshRequest(refreshToken: string): HttpRequest;
  /**
   * Judges the answer to a refresh. `signInIdToken` is the sign-in's own, whose `iss`, `sub`, `aud` and `nonce` a refreshed
   * one must repeat, OpenID Connect Core §12.2.
   * @throws IntelliAuthError `session_expired`: the user must sign in again; `session_mismatch`: use nothing of the answer;
   * `client_refused`, `token_request_refused`, `token_response_invalid`, `platform_unavailable`, `rate_limited`
   * @example
   * const next = flow.processRefreshResponse({ status: response.status, body: await response.text() }, tokens.idToken);
   * const refreshToken = next.refreshToken ?? tokens.refreshToken;
   */
  processRefreshResponse(response: HttpResponse, signInIdToken: string): TokenSet;
  /**
   * Revokes a refresh token and what was made of it, RFC 7009 §2.1; undefined where the revocation endpoint is not known.
   * @example
   * const request = tokens.refreshToken && flow.buildRevocationRequest(tokens.refreshToken);
   * if (request) flow.processRevocationResponse(await send(request));
   */
  buildRevocationRequest(refreshToken: string): HttpRequest | undefined;
  /**
   * Judges the answer to a revocation, RFC 7009 §2.2.
   * @throws IntelliAuthError `token_request_refused`, `platform_unavailable`, `rate_limited`
   * @example
   * flow.processRevocationResponse({ status: response.status, body: await response.text() });
   */
  processRevocationResponse(response: HttpResponse): void;
  /**
   * Where to send the browser to end the provider's own session, RP-Initiated Logout 1.0 §2; undefined where the end session
   * endpoint is not known.
   * @example
   * const url = flow.buildEndSessionUrl({ idTokenHint: tokens.idToken, postLogoutRedirectUri: 'https://app.example/' });
   */
  buildEndSessionUrl(options?: EndSessionOptions): string | undefined;
  /**
   * Asks for the provider's metadata, OpenID Connect Discovery §4.1.
   * @example
   * const metadata = flow.processMetadataResponse(await send(flow.buildMetadataRequest()));
   */
  buildMetadataRequest(): HttpRequest;
  /**
   * Judges the provider's metadata: its issuer, PKCE, and that its endpoints are on the issuer's origin.
   * @throws IntelliAuthError `metadata_invalid`, `platform_unavailable`, `rate_limited`
   * @example
   * const discovered = flow.withMetadata(flow.processMetadataResponse(response));
   */
  processMetadataResponse(response: HttpResponse): ProviderMetadata;
  /**
   * The same flow with the provider's metadata. Without it the contract's endpoints are used. Metadata that was kept is
   * compared with the issuer's origin again. Name endpoints of other origins in the option `endpoints`.
   * @throws IntelliAuthError `metadata_invalid`
   * @example
   * const discovered = flow.withMetadata(JSON.parse(cache.get('metadata')));
   */
  withMetadata(metadata: ProviderMetadata): CodeFlow;
  /**
   * Asks for the provider's keys; undefined where neither metadata nor `endpoints.jwks` says where they are.
   * @example
   * const jwks = discovered.processJwksResponse(await send(discovered.buildJwksRequest()));
   */
  buildJwksRequest(): HttpRequest | undefined;
  /**
   * Judges the provider's key set, RFC 7517 §5. Keep it for ten minutes at most.
   * @throws IntelliAuthError `metadata_invalid`, `platform_unavailable`, `rate_limited`
   * @example
   * const jwks = discovered.processJwksResponse({ status: response.status, body: await response.text() });
   */
  processJwksResponse(response: HttpResponse): JsonWebKeySet;
}

/** What the wasm says of a token's signature. */
interface Signature {
  alg: string;
  keys: JsonWebKey[];
  algorithm: SignatureAlgorithm;
  signature: Uint8Array<ArrayBuffer>;
  signed: Uint8Array<ArrayBuffer>;
  invalid: Fault;
}

class Flow implements CodeFlow {
  readonly #client: CodeFlowOptions;
  readonly #metadata: ProviderMetadata | undefined;

  constructor(client: CodeFlowOptions, metadata: ProviderMetadata | undefined) {
    this.#client = client;
    this.#metadata = metadata;
  }

  #now(): number {
    return (this.#client.now ?? Date.now)();
  }

  buildAuthorizationRequest(options?: AuthorizationRequestOptions) {
    const given = checked(requestOptions, options);
    const entropy = webcrypto('getRandomValues').getRandomValues(new Uint8Array(96));
    return call((wasm) =>
      wasm.buildAuthorizationRequest(this.#client, this.#metadata, given, entropy, this.#now()),
    ) as ReturnType<CodeFlow['buildAuthorizationRequest']>;
  }

  stateOf(url: string): string | undefined {
    const given = said(url, 'url');
    return call((wasm) => wasm.stateOf(given));
  }

  processAuthorizationResponse(url: string, transaction: AuthorizationTransaction): string {
    const [given, kept] = [said(url, 'url'), whole(transaction)];
    return call((wasm) =>
      wasm.processAuthorizationResponse(this.#client, this.#metadata, kept, given, this.#now()),
    );
  }

  buildTokenRequest(code: string, transaction: AuthorizationTransaction): HttpRequest {
    const [given, kept] = [said(code, 'code'), whole(transaction)];
    return call((wasm) => wasm.buildTokenRequest(this.#client, this.#metadata, kept, given));
  }

  processTokenResponse(response: HttpResponse, transaction: AuthorizationTransaction) {
    const [{ status, body }, kept] = [answered(response), whole(transaction)];
    return call((wasm) =>
      wasm.processTokenResponse(this.#client, this.#metadata, kept, status, body, this.#now()),
    );
  }

  async verifyIdTokenSignature(idToken: string, jwks: JsonWebKeySet): Promise<void> {
    const [token, keys] = [said(idToken, 'idToken'), said(JSON.stringify(jwks), 'jwks')];
    const parts: Signature = call((wasm) => wasm.signatureOf(this.#client, this.#metadata, token, keys));
    for (const key of parts.keys) {
      const valid = await verified(key, parts.algorithm, parts.signature, parts.signed);
      if (valid) return;
      if (valid === undefined) throw errorOf(fault('algorithm_unsupported', false, { alg: parts.alg }));
    }
    throw errorOf(parts.invalid);
  }

  buildRefreshRequest(refreshToken: string): HttpRequest {
    const given = said(refreshToken, 'refreshToken');
    return call((wasm) => wasm.buildRefreshRequest(this.#client, this.#metadata, given));
  }

  processRefreshResponse(response: HttpResponse, signInIdToken: string): TokenSet {
    const [{ status, body }, idToken] = [answered(response), said(signInIdToken, 'signInIdToken')];
    return call((wasm) =>
      wasm.processRefreshResponse(this.#client, this.#metadata, idToken, status, body, this.#now()),
    );
  }

  buildRevocationRequest(refreshToken: string): HttpRequest | undefined {
    const given = said(refreshToken, 'refreshToken');
    return call((wasm) => wasm.buildRevocationRequest(this.#client, this.#metadata, given));
  }

  processRevocationResponse(response: HttpResponse): void {
    const { status, body } = answered(response);
    call((wasm) => wasm.processRevocationResponse(status, body));
  }

  buildEndSessionUrl(options?: EndSessionOptions): string | undefined {
    const given = checked(endSessionOptions, options);
    return call((wasm) => wasm.buildEndSessionUrl(this.#client, this.#metadata, given));
  }

  buildMetadataRequest(): HttpRequest {
    return call((wasm) => wasm.buildMetadataRequest(this.#client));
  }

  processMetadataResponse(response: HttpResponse): ProviderMetadata {
    const { status, body } = answered(response);
    const made = call((wasm) => wasm.processMetadataResponse(this.#client, status, body));
    return { ...made, warnings: made.warnings.map((warning: Fault) => errorOf(warning)) };
  }

  withMetadata(metadata: ProviderMetadata): CodeFlow {
    const flow = new Flow(this.#client, checked(metadataOptions, metadata));
    // Refused now, and not with the first request.
    flow.buildJwksRequest();
    return flow;
  }

  buildJwksRequest(): HttpRequest | undefined {
    return call((wasm) => wasm.buildJwksRequest(this.#client, this.#metadata));
  }

  processJwksResponse(response: HttpResponse): JsonWebKeySet {
    const { status, body } = answered(response);
    return call((wasm) => wasm.processJwksResponse(this.#client, this.#metadata, status, body));
  }
}
