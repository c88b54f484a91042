import './findings.css';
import type { Finding } from '@intelliauth/spa-sdk/explain';

const words = { error: 'Error', warning: 'Warning', note: 'Note' } as const;

/** Every finding, by its code. */
const PAGE = 'https://github.com/intelliauth/spa-sdk/blob/main/docs/explain.md#';

/** What is wrong with a message, worst first. */
export function Findings({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) return <p>Nothing was found to be wrong with it.</p>;
  return (
    <ol className="findings">
      {findings.map(({ severity, code, seen, why, instead, clause }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one code may be found twice
        <li key={index} id={`finding-${index + 1}`} className={severity} tabIndex={-1}>
          <p>
            <strong>
              {index + 1}. {words[severity]}:
            </strong>{' '}
            {seen}
          </p>
          <p>{why}</p>
          {instead && (
            <p>
              <strong>Instead:</strong> {instead}
            </p>
          )}
          <p className="quiet">
            <a href={PAGE + code}>
              <code data-code>{code}</code>
            </a>
            {clause && ` · ${clause}`}
          </p>
        </li>
      ))}
    </ol>
  );
}
