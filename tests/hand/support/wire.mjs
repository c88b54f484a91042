// docs/wire.md: its sentences, around messages that a run has recorded.
import { STATUS_CODES } from 'node:http';

/** What stands for the run's own names. */
export const NAMES = {
  issuer: 'https://tenant.example',
  origin: 'https://app.example',
  clientId: 'your-client-id',
};

/** Header fields that matter to the contract, as they are shown. */
const HEADERS = ['Content-Type', 'Cache-Control', 'Access-Control-Allow-Origin', 'Location'];

/**
 * Makes what differs from run to run the same in each: names by {@link NAMES}, secrets by what they are.
 *
 * @param {{ issuer: string, origin: string, clientId: string }} here
 * @param {Map<string, string>} secrets by value, what each is
 */
export function normaliser(here, secrets) {
  const replacements = [
    ...Object.keys(NAMES).map((name) => [here[name], NAMES[name]]),
    [new URL(here.issuer).host, new URL(NAMES.issuer).host],
  ];
  return (text) => {
    let said = text;
    // The longest first: one may be part of another.
    for (const [secret, kind] of [...secrets].sort(([a], [b]) => b.length - a.length))
      for (const form of new Set([secret, encodeURIComponent(secret)]))
        said = said.replaceAll(form, `<${kind}>`);
    for (const [from, to] of replacements)
      for (const as of [(name) => name, encodeURIComponent]) said = said.replaceAll(as(from), as(to));
    return said;
  };
}

const broken = (form, indent = '') => form.split('&').join(`\n${indent}&`);

/** A request as it goes over the wire, but for the lines that it is broken into. */
export function shownRequest({ method, url, headers = {}, body }) {
  const { pathname, search, host } = new URL(url);
  const lines = [
    `${method} ${pathname}${search && `\n    ${broken(search, '    ')}`} HTTP/1.1`,
    `Host: ${host}`,
  ];
  if (headers.origin) lines.push(`Origin: ${headers.origin}`);
  if (body) lines.push('Content-Type: application/x-www-form-urlencoded', '', broken(body));
  return lines.join('\n');
}

/** An answer, whose JSON is laid out. */
export function shownResponse({ status, headers, body }) {
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`];
  for (const name of HEADERS) {
    const value = headers.get(name);
    // Of a redirect only the address counts.
    if (value && (status !== 303 || name === 'Location'))
      lines.push(`${name}: ${name === 'Location' ? broken(value, '    ') : value}`);
  }
  if (/^application\/(jwk-set\+)?json/.test(headers.get('content-type')))
    lines.push('', JSON.stringify(JSON.parse(body), undefined, 2));
  return lines.join('\n');
}

const fence = (text, language = 'http') => `\`\`\`${language}\n${text}\n\`\`\``;

/** The page, of the messages by name. */
export const page = (shown) => {
  const both = ({ request, response }) => `${fence(request)}\n\n${fence(response)}`;
  return `# The wire

<!-- Made by \`npm run generate\`: every message is recorded from a run against the embedded provider, and a test holds this page to it. -->

What the SDK and the platform say to each other, for readers who speak to either with another tool. Every request and answer below was recorded; every \`curl\` line is run by a test. \`<code>\`, \`<state>\` and the like stand for values that are new each time, and long lines are broken at \`&\`.

The shell's lines make one script: run them from top to bottom, with your tenant, client and redirect URI.

${fence(
  `TENANT=${NAMES.issuer}
CLIENT_ID=${NAMES.clientId}
REDIRECT_URI=${NAMES.origin}/callback`,
  'sh',
)}

## 1. The authorization request

32 random octets each for the verifier, \`state\` and \`nonce\`; the challenge is the SHA-256 of the verifier's characters, base64url without padding (RFC 7636 §4.2).

${fence(
  `random() { openssl rand 32 | openssl base64 -A | tr '+/' '-_' | tr -d '='; }
VERIFIER=$(random) STATE=$(random) NONCE=$(random)
CHALLENGE=$(printf %s "$VERIFIER" | openssl dgst -sha256 -binary | openssl base64 -A | tr '+/' '-_' | tr -d '=')
curl --silent --get --output /dev/null --write-out '%{url_effective}\\n' "$TENANT/oauth2/authorize" \\
  --data-urlencode response_type=code \\
  --data-urlencode "client_id=$CLIENT_ID" \\
  --data-urlencode "redirect_uri=$REDIRECT_URI" \\
  --data-urlencode "scope=openid profile email" \\
  --data-urlencode "state=$STATE" \\
  --data-urlencode "nonce=$NONCE" \\
  --data-urlencode "code_challenge=$CHALLENGE" \\
  --data-urlencode code_challenge_method=S256`,
  'sh',
)}

This prints the address to open in the user's browser: the platform's pages are for the user alone. When the user is done, the platform answers the browser with a redirect to the redirect URI.

${both(shown.authorize)}

\`redirect_uri\` must be registered character for character. One that is not is answered with a page of the platform's, and never with a redirect (RFC 6749 §4.1.2.1):

${both(shown.unregistered)}

A user who declines is sent back with an error instead of a code:

${fence(shown.denied.response)}

## 2. The callback

\`state\` must be the one that was sent, and \`iss\`, where it is there, the issuer (RFC 9207 §2.4): otherwise the code is not used.

${fence(
  `read -r -p 'The address that the browser was sent back to: ' CALLBACK
parameter() { printf %s "$CALLBACK" | sed -n "s/.*[?&]$1=\\([^&#]*\\).*/\\1/p"; }
[ "$(parameter state)" = "$STATE" ] || { echo 'another sign-in'; exit 1; }
CODE=$(parameter code)`,
  'sh',
)}

## 3. The token request

One POST, without cookies and without a header that would need a preflight. The code is sent once, with the verifier and the redirect URI of its own authorization request (RFC 6749 §4.1.3, RFC 7636 §4.5).

${fence(
  `TOKENS=$(curl --silent "$TENANT/oauth2/token" \\
  --data-urlencode grant_type=authorization_code \\
  --data-urlencode "client_id=$CLIENT_ID" \\
  --data-urlencode "code=$CODE" \\
  --data-urlencode "redirect_uri=$REDIRECT_URI" \\
  --data-urlencode "code_verifier=$VERIFIER")
member() { printf %s "$TOKENS" | sed -n "s/.*\\"$1\\":\\"\\([^\\"]*\\)\\".*/\\1/p"; }
REFRESH_TOKEN=$(member refresh_token)`,
  'sh',
)}

${both(shown.token)}

The ID token says (OpenID Connect Core §2; times in seconds since 1970, \`exp\` an hour after \`iat\`):

${fence(shown.claims, 'json')}

The same code a second time, another verifier or another redirect URI are one refusal (RFC 6749 §5.2). A code that comes twice may also cost the tokens that it gave.

${both(shown.refused)}

## 4. A refresh

Refresh tokens rotate: each answer has the next one, and one that comes twice ends the session (RFC 9700 §4.14.2).

${fence(
  `TOKENS=$(curl --silent "$TENANT/oauth2/token" \\
  --data-urlencode grant_type=refresh_token \\
  --data-urlencode "client_id=$CLIENT_ID" \\
  --data-urlencode "refresh_token=$REFRESH_TOKEN")
REFRESH_TOKEN=$(member refresh_token) ID_TOKEN=$(member id_token)`,
  'sh',
)}

${both(shown.refresh)}

## 5. Metadata and keys

Not needed to sign in: the paths above are the contract's. They add the keys that ID tokens are signed with, revocation and the platform's sign-out.

${fence(
  `curl --silent --write-out '\\n' "$TENANT/.well-known/openid-configuration"
curl --silent --write-out '\\n' "$TENANT/oauth2/jwks"`,
  'sh',
)}

${both(shown.metadata)}

${both(shown.jwks)}

## 6. Signing out

The refresh token is revoked, and with it what was made of it (RFC 7009 §2.1):

${fence(
  `curl --silent --output /dev/null --write-out '%{http_code}\\n' "$TENANT/oauth2/revoke" \\
  --data-urlencode "token=$REFRESH_TOKEN" \\
  --data-urlencode token_type_hint=refresh_token \\
  --data-urlencode "client_id=$CLIENT_ID"`,
  'sh',
)}

${both(shown.revoke)}

Then the browser is sent to the platform, which ends its own session and, where \`post_logout_redirect_uri\` is registered, sends it back (RP-Initiated Logout 1.0 §2):

${fence(
  `curl --silent --get --output /dev/null --write-out '%{url_effective}\\n' "$TENANT/oauth2/logout" \\
  --data-urlencode "client_id=$CLIENT_ID" \\
  --data-urlencode "id_token_hint=$ID_TOKEN" \\
  --data-urlencode "post_logout_redirect_uri=\${REDIRECT_URI%/*}/"`,
  'sh',
)}

${fence(shown.logout.request)}
`;
};

/** The shell's lines of the page, as one script. */
export const script = (markdown) =>
  [...markdown.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, lines]) => lines).join('\n');
