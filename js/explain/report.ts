/** What the app registered and stored. Everything is optional: the more is known, the more is checked. */
export interface ExplainOptions {
  /** The redirect URIs that are registered, exactly as written there. */
  redirectUris?: readonly string[];
  clientId?: string;
  /** The platform's address or issuer. */
  tenant?: string;
  /** The verifier that the tab stored for this sign-in. */
  verifier?: string;
  /** The state that the tab stored for this sign-in. */
  state?: string;
  /** The origin of the page that runs the app. */
  origin?: string;
  /** The `redirect_uri` of the authorization request. */
  sentRedirectUri?: string;
  /** The `code_challenge` of the authorization request. */
  sentChallenge?: string;
  /** The authorization request's URL: says both, and `client_id` and `state` where they are not given. */
  authorizationRequest?: string;
}

/** How bad a finding is: with an error the sign-in fails, or its protection does not hold. */
export type Severity = 'error' | 'warning' | 'note';

/** What a message is. */
export type MessageKind =
  | 'authorization_request'
  | 'authorization_response'
  | 'authorization_error'
  | 'token_request'
  | 'token_response'
  | 'token_error'
  | 'metadata'
  | 'logout_request'
  | 'console_message'
  | 'sdk_error'
  | 'recording'
  | 'unknown';

/** From which character of the input to which, as `slice` takes them. */
export type InputRange = readonly [number, number];

/** One parameter, header or member as it was found. */
export interface ExplainedPart {
  /** The message that it belongs to: a recording holds several. */
  readonly message: MessageKind;
  readonly name: string;
  /** Decoded. Where it is secret, what can be said of it, in parentheses. */
  readonly value: string;
  /** Whether the value is secret, so that `value` only describes it. */
  readonly hidden: boolean;
  readonly place: 'origin' | 'path' | 'query' | 'fragment' | 'body' | 'header' | 'status';
  readonly range: InputRange;
}

/** One thing that is wrong, or worth knowing. No secret is in it. */
export interface Finding {
  readonly severity: Severity;
  /** Stable, such as `redirect_uri_trailing_slash`; docs/explain.md has each. */
  readonly code: string;
  /** The parameter, header or member that it is about. */
  readonly parameter: string | null;
  readonly seen: string;
  readonly why: string;
  readonly instead: string;
  /** Such as `RFC 7636 §4.2`; may be empty. */
  readonly clause: string;
  readonly range: InputRange | null;
}

/** What {@link explain} answers with. */
export interface Explanation {
  readonly kind: MessageKind;
  readonly parts: readonly ExplainedPart[];
  /** Worst first. */
  readonly findings: readonly Finding[];
  /** All of it as plain text, for a terminal. */
  readonly text: string;
}
