import './explain.css';
import { type Explanation, explain } from '@intelliauth/spa-sdk/explain';
import { useDeferredValue, useEffect, useId, useState } from 'react';

import { Findings } from '../parts/Findings';
import { Page } from '../parts/Page';
import { examples } from './examples';
import { placeOf, steps } from './flow';
import { piecesOf, withoutSecret } from './pieces';

const kinds: Record<Explanation['kind'], string> = {
  authorization_request: 'an authorization request',
  authorization_response: 'a callback',
  authorization_error: 'a callback with an error',
  token_request: 'a token request',
  token_response: 'a token response',
  token_error: 'an error of the token endpoint',
  metadata: 'a provider’s metadata',
  logout_request: 'a logout request',
  console_message: 'a message of the browser’s console',
  sdk_error: 'an error of this SDK',
  recording: 'a recording of several requests',
  unknown: 'nothing that is known here',
};

// What is pasted stays in this component's state. It may hold codes and tokens: nothing of it goes into the address, into
// storage, or anywhere else, and no spelling checker of the browser's maker is to have it either.
const PRIVATE = {
  autoComplete: 'off',
  autoCorrect: 'off',
  autoCapitalize: 'off',
  spellCheck: false,
} as const;

export default function ExplainPage() {
  const ids = useId();
  const [input, setInput] = useState('');
  const [redirectUris, setRedirectUris] = useState('');
  const [clientId, setClientId] = useState('');
  const [tenant, setTenant] = useState('');
  const known = useDeferredValue(JSON.stringify({ redirectUris, clientId, tenant }));
  const given = useDeferredValue(input);
  const [result, setResult] = useState<{ of: string; explanation: Explanation }>();
  const [failure, setFailure] = useState('');

  useEffect(() => {
    if (!given.trim()) return setResult(undefined);
    let current = true;
    const { redirectUris, clientId, tenant } = JSON.parse(known);
    const uris = redirectUris.split(/\s+/).filter(Boolean);
    explain(given, {
      ...(uris.length > 0 && { redirectUris: uris }),
      ...(clientId.trim() && { clientId: clientId.trim() }),
      ...(tenant.trim() && { tenant: tenant.trim() }),
    }).then(
      (explanation) => {
        if (!current) return;
        setFailure('');
        setResult({ of: given, explanation });
      },
      (error) => current && setFailure(String(error.message)),
    );
    return () => {
      current = false;
    };
  }, [given, known]);

  return (
    <Page title="What is wrong with this sign-in?">
      <div className="explain">
        <p>
          Paste what you have: the URL in the address bar, a <code>curl</code> line, a token request, a HAR
          recording, or the provider’s error. It is read here, in this page: nothing of it is sent, stored, or
          put into the address.
        </p>
        <fieldset className="examples">
          <legend>Or look at an example</legend>
          {examples.map(({ title, text, redirectUris = '' }) => (
            <button
              key={title}
              type="button"
              className="plain small"
              onClick={() => {
                setInput(text);
                setRedirectUris(redirectUris);
              }}
            >
              {title}
            </button>
          ))}
        </fieldset>
        <label htmlFor={`${ids}-input`}>What you have</label>
        <textarea
          id={`${ids}-input`}
          rows={6}
          value={input}
          onChange={(event) => setInput(event.target.value)}
          placeholder="https://…"
          {...PRIVATE}
        />
        <details className="known" open={redirectUris !== ''}>
          <summary>What you know besides</summary>
          <div>
            <label>
              Registered redirect URIs, one on each line
              <textarea
                rows={2}
                value={redirectUris}
                onChange={(event) => setRedirectUris(event.target.value)}
                {...PRIVATE}
              />
            </label>
            <label>
              Client ID
              <input value={clientId} onChange={(event) => setClientId(event.target.value)} {...PRIVATE} />
            </label>
            <label>
              The provider’s address
              <input value={tenant} onChange={(event) => setTenant(event.target.value)} {...PRIVATE} />
            </label>
          </div>
        </details>
        {failure && (
          <p className="notice problem" role="alert">
            {failure}
          </p>
        )}
        <p className="for-screen-readers" role="status">
          {result && summary(result.explanation)}
        </p>
        {result && <Explained input={result.of} explanation={result.explanation} />}
      </div>
    </Page>
  );
}

function summary({ kind, findings }: Explanation): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const rest = findings.length - errors;
  if (kind === 'unknown') return 'This was not recognised.';
  if (findings.length === 0) return `This is ${kinds[kind]}, and nothing is wrong with it.`;
  if (findings.every(({ code }) => code === 'redirect_uri_not_compared')) {
    return `This is ${kinds[kind]}. Nothing is wrong in what could be checked.`;
  }
  const count = (number: number, one: string) => `${number} ${one}${number === 1 ? '' : 's'}`;
  const found = [errors > 0 && count(errors, 'error'), rest > 0 && count(rest, 'hint')]
    .filter(Boolean)
    .join(' and ');
  return `This is ${kinds[kind]}, with ${found}.`;
}

function Explained({ input, explanation }: { input: string; explanation: Explanation }) {
  const place = placeOf(explanation);
  const { findings, parts } = explanation;
  return (
    <div className="explained">
      <h2>{summary(explanation)}</h2>
      {place && (
        <ol className="flow" aria-label="The sign-in, step by step">
          {steps.map((step, index) => {
            const here = index === place.step;
            const state = here ? (place.broken ? 'broken' : 'here') : index < place.step ? 'before' : 'after';
            return (
              <li key={step.title} className={state} aria-current={here ? 'step' : undefined}>
                <Arrow from={step.from} lost={state === 'broken'} />
                <span>
                  <strong>{step.title}</strong>
                  {here && <em>{place.broken ? ': it breaks here' : ': this is what you pasted'}</em>}
                  <br />
                  <span className="quiet">{step.about}</span>
                </span>
              </li>
            );
          })}
        </ol>
      )}
      <h3>In place</h3>
      <pre className="in-place">
        {piecesOf(input, explanation).map((piece, index) => {
          const text = piece.hidden ? withoutSecret(piece.text) : piece.text;
          const found = piece.finding === undefined ? undefined : findings[piece.finding];
          return found ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: a piece is its place
            <mark key={index} className={found.severity} title={found.seen}>
              {text}
              <sup>
                <a
                  href={`#finding-${(piece.finding ?? 0) + 1}`}
                  aria-label={`Finding ${(piece.finding ?? 0) + 1}`}
                >
                  {(piece.finding ?? 0) + 1}
                </a>
              </sup>
            </mark>
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: a piece is its place
            <span key={index} className={piece.name ? 'part' : undefined}>
              {text}
            </span>
          );
        })}
      </pre>
      {parts.some(({ hidden }) => hidden) && (
        <p className="quiet">Secrets are shown as dots, so that you can show this to others.</p>
      )}
      {explanation.kind !== 'unknown' || findings.length > 0 ? (
        <>
          <h3>Findings</h3>
          <Findings findings={findings} />
        </>
      ) : null}
      {parts.length > 0 && (
        <details>
          <summary>All {parts.length} parts of it</summary>
          <dl className="parts">
            {parts.map(({ name, value, hidden }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a name may be there twice
              <div key={index}>
                <dt>
                  <code>{name}</code>
                </dt>
                <dd>{hidden ? value : <code>{value}</code>}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </div>
  );
}

function Arrow({ from, lost }: { from: 'app' | 'provider'; lost: boolean }) {
  const [start, end] = from === 'app' ? [12, 84] : [84, 12];
  const way = Math.sign(end - start);
  const to = lost ? 48 : end - way * 5;
  return (
    <svg width="96" height="44" aria-hidden="true">
      <line className="life" x1="10" x2="10" y1="0" y2="44" />
      <line className="life" x1="86" x2="86" y1="0" y2="44" />
      <line className="way" x1={start} x2={to} y1="22" y2="22" />
      {lost ? (
        <path className="way" d={`M${to - 5},17l10,10m0,-10l-10,10`} />
      ) : (
        <path className="way" d={`M${to - way * 7},17L${to},22L${to - way * 7},27`} />
      )}
      <text x="10" y="10" className="name">
        App
      </text>
      <text x="86" y="10" className="name end">
        Provider
      </text>
    </svg>
  );
}
