import { useEffect, useState } from 'react';

import { duration } from '../words';

/** Starts anew, and shows it, whenever `until` changes. */
export function Countdown({ until }: { until: number }) {
  return <Running key={until} until={until} />;
}

function Running({ until }: { until: number }) {
  const [start] = useState(Date.now);
  const [now, setNow] = useState(start);

  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);

  return (
    <span className="countdown">
      <span role="timer" aria-live="off">
        in {duration(until - now)}
      </span>
      <progress aria-hidden="true" max={Math.max(1, until - start)} value={Math.max(0, until - now)} />
    </span>
  );
}
