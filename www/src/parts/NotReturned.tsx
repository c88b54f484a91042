import { useIntelliAuth } from '@intelliauth/spa-sdk/react';

import { unanswered } from '../notes';

/** For the mistakes that a platform answers with a page of its own, never with a callback. */
export function NotReturned({ authorizeUrl }: { authorizeUrl: string }) {
  const { loginWithRedirect } = useIntelliAuth();
  const sent = new URL(authorizeUrl).searchParams;
  return (
    <section className="notice" role="alert" aria-labelledby="not-returned">
      <h2 id="not-returned">The sign-in did not return</h2>
      <p>
        You are back, but without the platform’s answer. If its page showed an error, compare what was sent:
      </p>
      <dl>
        <dt>Redirect URI</dt>
        <dd>
          <code>{sent.get('redirect_uri')}</code> must be registered exactly so: the trailing slash, the port,
          and http or https all count.
        </dd>
        <dt>Client ID</dt>
        <dd>
          <code>{sent.get('client_id')}</code> must be the application’s, on{' '}
          <code>{new URL(authorizeUrl).origin}</code>.
        </dd>
      </dl>
      <div className="row">
        <button type="button" onClick={loginWithRedirect}>
          Try again
        </button>
        <button type="button" className="plain" onClick={() => unanswered.set(null)}>
          Dismiss
        </button>
      </div>
    </section>
  );
}
