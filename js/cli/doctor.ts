import { webcrypto } from 'node:crypto';
import { isIntelliAuthError } from '../errors.js';
import { call, load } from '../explain/loader.js';
import type { Finding } from '../explain/report.js';
import type { CodeFlowOptions } from '../protocol.types.js';
import { type Command, EXIT_CODES, exitCode, options, painted, Usage } from './command.js';

/** How long one request may take, in milliseconds. */
const TIMEOUT = 10_000;

/** A larger answer is cut off, in characters: none that is meant is half as long. */
const MAX_BODY = 512 * 1024;

interface Probe {
  name: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
}

interface Check {
  name: string;
  outcome: 'ok' | 'failed' | 'skipped';
  seen: string;
}

interface Diagnosis {
  checks: Check[];
  findings: Omit<Finding, 'parameter' | 'range'>[];
  /** Both for a terminal. */
  text: string;
}

export const doctor: Command = {
  summary: 'ask a platform whether it is set up for an app',
  help: `Usage: npx @intelliauth/spa-sdk doctor <tenant url> --client-id <id> --redirect-uri <uri>

Asks the platform for its metadata, keys and endpoints, compares clocks, and says what is
set up wrongly and what to do. Requests go to the tenant alone, and none of them signs
anybody in. No redirect is followed.

Options:
  --client-id <id>      the application's
  --redirect-uri <uri>  the callback's address; its origin is taken for the app's
  --origin <origin>     of the app's pages, where that is another one
  --issuer <url>        where it is not the tenant's url as written
  --scope <scopes>      where they are not "openid profile email"
  --probe               also send an authorization request (with prompt=none) and a token
                        request with a code that is made up. Only these show whether client,
                        redirect URI and origin are registered; a platform may log what it
                        refuses as an attack
  --json                print the report as JSON
  --help

Example:
  npx @intelliauth/spa-sdk doctor https://your-tenant.example \\
    --client-id your-client-id --redirect-uri https://app.example/callback

${EXIT_CODES}`,

  async run(args) {
    const text = { type: 'string' } as const;
    const { values, positionals } = options(args, {
      'client-id': text,
      'redirect-uri': text,
      origin: text,
      issuer: text,
      scope: text,
      probe: { type: 'boolean' },
      json: { type: 'boolean' },
    });
    const [tenantUrl, ...more] = positionals;
    if (tenantUrl === undefined || more.length > 0) throw new Usage('which tenant? One address is needed');
    const [clientId, redirectUri] = [values['client-id'], values['redirect-uri']];
    if (clientId === undefined || redirectUri === undefined) {
      throw new Usage('--client-id and --redirect-uri are needed');
    }
    if (!URL.canParse(redirectUri)) throw new Usage('--redirect-uri must be an absolute URL');
    const client: CodeFlowOptions = { tenantUrl, clientId, redirectUri };
    if (values.issuer !== undefined) client.issuer = values.issuer;
    if (values.scope !== undefined) client.scope = values.scope;
    const origin = values.origin ?? new URL(redirectUri).origin;
    const { text: plain, ...report } = await diagnosed(client, origin, values.probe ?? false);
    const shown = values.json
      ? `${JSON.stringify(report, undefined, 2)}\n`
      : painted(`${tenantUrl}, application ${clientId}\n${plain}`);
    return { out: shown, code: exitCode(report.findings) };
  },
};

async function diagnosed(client: CodeFlowOptions, origin: string, probe: boolean): Promise<Diagnosis> {
  await load();
  // Node 18 has no global one.
  const entropy = webcrypto.getRandomValues(new Uint8Array(96));
  const machine = begun(() => call((wasm) => new wasm.Doctor(client, origin, probe, entropy)));
  for (;;) {
    const next: Probe | undefined = begun(() => call(() => machine.nextProbe(Date.now())));
    if (!next) return call(() => ({ ...machine.report(), text: machine.text() }));
    const answer = await ask(next);
    if (typeof answer === 'string') call(() => machine.unanswered(answer));
    else {
      const { status, headers, body } = answer;
      const header = (name: string) => headers.get(name) ?? undefined;
      const date = Date.parse(header('date') ?? '');
      call(() =>
        machine.answered(
          status,
          body,
          header('access-control-allow-origin'),
          header('location'),
          Number.isNaN(date) ? undefined : date,
          Date.now(),
        ),
      );
    }
  }
}

/** An option that cannot be used is a wrong use of the command. */
function begun<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isIntelliAuthError(error, 'invalid_config')) throw new Usage(error.message);
    throw error;
  }
}

/** The answer, read whole, or why there is none. */
async function ask({ method, url, headers, body }: Probe) {
  const signal = AbortSignal.timeout(TIMEOUT);
  try {
    const response = await fetch(url, { method, headers, body: body ?? null, redirect: 'manual', signal });
    return { status: response.status, headers: response.headers, body: await read(response) };
  } catch (error) {
    if (signal.aborted) return 'timeout';
    const { code, message } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    return code ?? message;
  }
}

async function read({ body }: Response): Promise<string> {
  let text = '';
  if (!body) return text;
  for await (const chunk of body.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>) {
    text += chunk;
    if (text.length > MAX_BODY) break;
  }
  return text;
}
