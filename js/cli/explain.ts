import { text as textOf } from 'node:stream/consumers';
import { explain as explained } from '../explain/index.js';
import type { ExplainOptions } from '../explain/report.js';
import { type Command, EXIT, EXIT_CODES, exitCode, fileText, options, painted, Usage } from './command.js';

const CUT = `
This text has one parameter. If there were more, put it in quotation marks: without them
the shell ends the command at the first &.
`;

export const explain: Command = {
  summary: 'say what is wrong with a URL, request or answer of a sign-in',
  help: `Usage: npx @intelliauth/spa-sdk explain <text> | -

Explains an authorize URL, a callback URL, a token request (a form, a curl line, a HAR
entry or file) or an error answer. With - the text is read from standard input, so that
no secret of it is kept in the shell's history. Nothing is sent anywhere.

Options, each making more checks possible:
  --registered <uri>   a redirect URI that is registered; may be repeated
  --client-id <id>
  --tenant <url>       the platform's address or issuer
  --origin <origin>    of the page that runs the app
  --sent <url>         the authorization request, where the text is what came of it
  --state <state>      that the tab stored; secret
  --verifier <text>    that the tab stored; secret
  --known <file>       a JSON file with redirectUris, clientId, tenant, origin, state,
                       verifier, authorizationRequest: keeps secrets out of the history
  --json               print the report as JSON
  --help

Examples:
  npx @intelliauth/spa-sdk explain 'https://tenant.example/oauth2/authorize?client_id=…' \\
    --registered https://app.example/callback
  pbpaste | npx @intelliauth/spa-sdk explain -
  npx @intelliauth/spa-sdk explain - --json < recording.har

${EXIT_CODES}`,

  async run(args) {
    const text = { type: 'string' } as const;
    const { values, positionals } = options(args, {
      registered: { type: 'string', multiple: true },
      'client-id': text,
      tenant: text,
      origin: text,
      sent: text,
      state: text,
      verifier: text,
      known: text,
      json: { type: 'boolean' },
    });
    const [given, ...more] = positionals;
    if (given === undefined) throw new Usage('what is to be explained?');
    if (more.length > 0) throw new Usage('more than one text: put it in quotes, as one');
    const input = given === '-' ? await textOf(process.stdin) : given;
    const known: ExplainOptions = {
      ...(values.known === undefined ? {} : fromFile(values.known)),
      ...defined({
        redirectUris: values.registered,
        clientId: values['client-id'],
        tenant: values.tenant,
        origin: values.origin,
        authorizationRequest: values.sent,
        state: values.state,
        verifier: values.verifier,
      }),
    };
    const report = await explained(input, known);
    const { text: plain, ...rest } = report;
    // Without quotation marks a shell runs what stands before the first & alone.
    const cut =
      given !== '-' && exitCode(report.findings) === EXIT.errors && /^[^\s&]+\?[^\s&=]+=[^\s&]*$/.test(given);
    const shown = painted(plain) + (cut ? CUT : '');
    const out = values.json ? `${JSON.stringify(rest, undefined, 2)}\n` : shown;
    return { out, code: exitCode(report.findings) };
  },
};

function fromFile(path: string): ExplainOptions {
  const text = fileText(path);
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message would repeat what is in the file.
    throw new Usage(`${path} is no JSON`);
  }
}

const defined = <T extends object>(given: T): Partial<T> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>;
