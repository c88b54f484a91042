/** `allowedOrigins` of a test client: the wasm, whose rule it is, is not loaded. */
import { LOOPBACK } from '../development.js';
import { testError } from './states.js';

/** The origins that `given` are. Throws `invalid_config`, worded as the real client has it. */
export function origins(given: readonly string[]): ReadonlySet<string> {
  return new Set(given.map(origin));
}

function origin(text: string): string {
  try {
    const { href, origin, protocol, hostname } = new URL(text);
    const trusted = protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
    if (trusted && href === `${origin}/`) return origin;
  } catch {}
  const problem = 'one of them is not an https origin';
  const instead = 'origins such as https://api.example.com';
  throw testError('invalid_config', { details: { option: 'allowedOrigins', problem, instead } });
}
