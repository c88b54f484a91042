import { Fragment } from 'react';

import { journal } from '../notes';
import { clock, inPlainWords } from '../words';

export function Journal() {
  const events = journal.use();
  return (
    <section className="journal" aria-labelledby="journal">
      <h2 id="journal">What the SDK did</h2>
      {events.length === 0 && <p className="quiet">Nothing yet.</p>}
      <ol>
        {events.map((event, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two events may share a type and a time
          <li key={index} data-event={event.type}>
            <time dateTime={new Date(event.at).toISOString()}>{clock(event.at)}</time>
            <div>
              {inPlainWords(event)}
              {event.elsewhere && <span className="quiet"> In another tab.</span>}
              {event.type === 'sign_in_started' && <Request url={event.authorizeUrl} />}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Request({ url }: { url: string }) {
  const { origin, pathname, searchParams } = new URL(url);
  return (
    <details>
      <summary>The request</summary>
      <p>
        <code>{origin + pathname}</code>
      </p>
      <dl>
        {[...searchParams].map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>
              <code>{value}</code>
            </dd>
          </Fragment>
        ))}
      </dl>
    </details>
  );
}
