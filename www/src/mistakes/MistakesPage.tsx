import './mistakes.css';
import { type IntelliAuthError, isIntelliAuthError } from '@intelliauth/spa-sdk';
import { useId, useState } from 'react';
import { Findings } from '../parts/Findings';
import { Page } from '../parts/Page';
import { type Mistake, mistakes, type Outcome } from './list';

const ERRORS = 'https://github.com/intelliauth/spa-sdk/blob/main/docs/errors.md#';

type Result = Outcome | { readonly error: IntelliAuthError } | { readonly making: true };

export default function MistakesPage() {
  return (
    <Page title="Mistakes, made for real">
      <p>
        Each button makes one of the classic mistakes against the provider, and shows what the SDK says about
        it. Where the provider is needed it opens in a window of its own; sign in there if it asks you to.
        Your session in this demo is left alone.
      </p>
      <ul className="mistakes">
        {mistakes.map((mistake) => (
          <One key={mistake.name} mistake={mistake} />
        ))}
      </ul>
    </Page>
  );
}

function One({ mistake }: { mistake: Mistake }) {
  const id = useId();
  const [result, setResult] = useState<Result>();
  const making = result !== undefined && 'making' in result;

  async function make() {
    // At once, in the click: a browser opens no window later.
    const other = mistake.window ? window.open('', '_blank', 'popup,width=480,height=640') : window;
    if (!other) {
      setResult({
        surprise: 'The browser opened no window for the provider: allow pop-ups here, and try again.',
      });
      return;
    }
    setResult({ making: true });
    try {
      setResult(await mistake.make(other));
    } catch (error) {
      if (!isIntelliAuthError(error)) {
        setResult({ surprise: error instanceof Error ? error.message : String(error) });
      } else {
        await error.explain();
        setResult({ error });
      }
    }
  }

  return (
    <li data-mistake={mistake.name}>
      <h2 id={id}>{mistake.title}</h2>
      <p>{mistake.about}</p>
      <button type="button" className="plain" aria-describedby={id} onClick={make} disabled={making}>
        {making ? 'Waiting for the provider…' : 'Make this mistake'}
      </button>
      <div role="status">
        {result && 'error' in result && <Said error={result.error} />}
        {result && 'findings' in result && (
          <div className="said">
            <p>
              The provider shows a page of its own and never comes back, so that no SDK hears of it. This
              one’s <code>explain</code> says of the address:
            </p>
            <Findings findings={result.findings} />
          </div>
        )}
        {result && 'surprise' in result && <p className="said">{result.surprise}</p>}
      </div>
    </li>
  );
}

function Said({ error }: { error: IntelliAuthError }) {
  const details = Object.entries(error.details).filter(([, value]) => value !== undefined);
  return (
    <div className="said">
      <p>{error.message}</p>
      <dl>
        <dt>Code</dt>
        <dd>
          <code data-code>{error.code}</code>
          {error.transient && ' (the same call may succeed later)'}
        </dd>
        <dt>What to do</dt>
        <dd>{error.hint}</dd>
        {details.map(([name, value]) => (
          <div key={name} className="detail">
            <dt>
              <code>{name}</code>
            </dt>
            <dd>
              <code>{value}</code>
            </dd>
          </div>
        ))}
      </dl>
      <p>
        <a href={ERRORS + error.code}>
          More about <code>{error.code}</code>
        </a>
      </p>
    </div>
  );
}
