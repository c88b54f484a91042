import type { IntelliAuthError } from '@intelliauth/spa-sdk';
import { useId } from 'react';

interface ProblemProps {
  title: string;
  error: IntelliAuthError;
  retry: () => void;
}

export function Problem({ title, error, retry }: ProblemProps) {
  const heading = useId();
  const denied = error.code === 'access_denied';
  return (
    <section className="notice problem" role="alert" aria-labelledby={heading}>
      <h2 id={heading}>{denied ? 'The sign-in was cancelled' : title}</h2>
      <p>{denied ? 'Nobody was signed in. You can try again whenever you like.' : error.message}</p>
      <dl>
        <dt>Code</dt>
        <dd>
          <code>{error.code}</code>
        </dd>
        <dt>For the developer</dt>
        <dd>{error.hint}</dd>
      </dl>
      <button type="button" onClick={retry}>
        Try again
      </button>
    </section>
  );
}
