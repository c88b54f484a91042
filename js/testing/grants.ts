/** What the fake platform has issued: codes, and the families of tokens from them. */
import { OAuthError } from './http.js';
import type { FakeUser } from './platform.js';
import { base64url, random, sha256 } from './signing.js';

/** One sign-in, and all its tokens. */
export interface Grant {
  readonly user: FakeUser;
  readonly scope: string;
  readonly nonce: string | undefined;
  /** Seconds since 1970. */
  readonly authTime: number;
  /** Milliseconds since 1970: rotation does not prolong it. */
  readonly expiresAt: number;
  revoked: boolean;
  /** The one refresh token that is not spent. */
  refreshToken?: string;
}

interface Code {
  readonly grant: Grant;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly expiresAt: number;
  spent: boolean;
}

const CODE_LIFETIME = 60_000;
/** RFC 7636 §4.1. */
const VERIFIER = /^[\w.~-]{43,128}$/;

export class Grants {
  readonly #codes = new Map<string, Code>();
  readonly #refreshTokens = new Map<string, Grant>();
  readonly #accessTokens = new Map<string, { grant: Grant; expiresAt: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  issueCode(grant: Grant, redirectUri: string, challenge: string): string {
    const code = random();
    const expiresAt = this.#now() + CODE_LIFETIME;
    this.#codes.set(code, { grant, redirectUri, challenge, expiresAt, spent: false });
    return code;
  }

  /** RFC 6749 §4.1.3 and RFC 7636 §4.6. */
  async exchange(code = '', redirectUri = '', verifier = ''): Promise<Grant> {
    const found = this.#codes.get(code);
    if (!found) throw new OAuthError('invalid_grant', 'the code is unknown');
    if (found.spent) {
      // RFC 6749 §4.1.2: used twice: one of the two uses may be an attacker's.
      found.grant.revoked = true;
      throw new OAuthError('invalid_grant', 'the code was used before; its tokens are revoked');
    }
    if (found.expiresAt <= this.#now()) throw new OAuthError('invalid_grant', 'the code expired');
    if (found.redirectUri !== redirectUri) {
      throw new OAuthError('invalid_grant', 'redirect_uri differs from the authorization request');
    }
    if (!verifier) throw new OAuthError('invalid_grant', 'code_verifier is missing');
    if (!VERIFIER.test(verifier)) throw new OAuthError('invalid_request', 'code_verifier is malformed');
    // Before anything is awaited: two requests at once are two uses.
    found.spent = true;
    if (base64url(await sha256(verifier)) !== found.challenge) {
      throw new OAuthError('invalid_grant', 'code_verifier does not match code_challenge');
    }
    return found.grant;
  }

  /** RFC 6749 §6 with the rotation of RFC 9700 §4.14.2. */
  refresh(token = ''): Grant {
    const grant = this.#refreshTokens.get(token);
    if (!grant) throw new OAuthError('invalid_grant', 'the refresh token is unknown');
    if (grant.revoked) throw new OAuthError('invalid_grant', 'the refresh token is revoked');
    if (grant.expiresAt <= this.#now()) throw new OAuthError('invalid_grant', 'the refresh token expired');
    if (grant.refreshToken !== token) {
      grant.revoked = true;
      throw new OAuthError('invalid_grant', 'the refresh token was used before; the session is revoked');
    }
    return grant;
  }

  issueTokens(grant: Grant, seconds: number): { accessToken: string; refreshToken: string } {
    const [accessToken, refreshToken] = [random(), random()];
    this.#accessTokens.set(accessToken, { grant, expiresAt: this.#now() + seconds * 1000 });
    this.#refreshTokens.set(refreshToken, grant);
    grant.refreshToken = refreshToken;
    return { accessToken, refreshToken };
  }

  /** The sign-in that an access token stands for, while it is valid. */
  withAccessToken(token = ''): Grant | undefined {
    const found = this.#accessTokens.get(token);
    const valid = found && !found.grant.revoked && found.expiresAt > this.#now();
    return valid ? found.grant : undefined;
  }

  /** RFC 7009 §2.1: with a refresh token everything of its sign-in is revoked. */
  revoke(token: string): void {
    this.#accessTokens.delete(token);
    const grant = this.#refreshTokens.get(token);
    if (grant) grant.revoked = true;
  }

  revokeAll(): void {
    for (const grant of this.#refreshTokens.values()) grant.revoked = true;
  }
}
