import { IntelliAuthError } from '@intelliauth/spa-sdk';
import { useIntelliAuth } from '@intelliauth/spa-sdk/react';
import { useState } from 'react';

import { apiUrl } from '../config';
import { Problem } from './Problem';

export function ApiCall() {
  const { fetch } = useIntelliAuth();
  const [answer, setAnswer] = useState('');
  const [error, setError] = useState<IntelliAuthError>();

  async function call() {
    setError(undefined);
    setAnswer('Calling…');
    try {
      const response = await fetch(new URL('/api/me', apiUrl));
      setAnswer(`${response.status}\n${JSON.stringify(await response.json(), null, 2)}`);
    } catch (problem) {
      if (problem instanceof IntelliAuthError) setError(problem);
      setAnswer(problem instanceof IntelliAuthError ? '' : String(problem));
    }
  }

  return (
    <section aria-labelledby="api">
      <h2 id="api">The API</h2>
      <p>The hook’s fetch adds the access token, and renews it first if it has run out.</p>
      <button type="button" onClick={call}>
        Call the API
      </button>
      <div role="status" aria-label="The API’s answer">
        {answer && <pre>{answer}</pre>}
      </div>
      {error && <Problem title="The call failed" error={error} retry={call} />}
    </section>
  );
}
