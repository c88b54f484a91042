/** `docs/faults.md`, made from what the faults came to. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const path = join(import.meta.dirname, '../../../docs/faults.md');
const cell = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');

function outcome({ expect }, { code, details, state }) {
  const facts = [];
  if (code) facts.push(`\`${code}\``);
  else facts.push('accepted');
  if (details.check) facts.push(`check \`${details.check}\``);
  if (details.parameter) facts.push(`parameter \`${details.parameter}\``);
  if (expect.lifetime) facts.push(`lives ${expect.lifetime} s`);
  if (expect.scope !== undefined) facts.push(`scope \`${expect.scope}\``);
  if (expect.asked?.jwks) facts.push(`keys read ${expect.asked.jwks}×`);
  if (code && state?.status === 'authenticated') facts.push('still signed in');
  if (expect.reason) facts.push(`signed out: \`${state.reason}\``);
  return facts.join(', ');
}

/** @param {{ title: string, text: string, rows: { fault: import('./run.mjs').Fault, outcome: any }[] }[]} categories */
export function markdown(categories) {
  const total = categories.reduce((sum, { rows }) => sum + rows.length, 0);
  const lines = [
    '# Faults',
    '',
    '<!-- Made by `GENERATE=1 node --test tests/faulty/faulty.test.mjs`. -->',
    '',
    `What this SDK does when the platform, or a server in its place, misbehaves: ${total} faults of the faulty ` +
      'platform in `tests/faulty/`, each run through the built wasm in a real browser.',
    '',
    'The tests of every row also check that no address in the history of the tab holds a code, state, error or ' +
      "token; that nothing reached the attacker's origin, which answers every request; that no request carried a " +
      'cookie, a referrer or a secret in its URL; that no cookie was kept, no script ran, no prototype changed, and ' +
      'no error stayed uncaught. *Code* and *refresh* count how often the authorization code and the refresh token ' +
      'left the browser. *Accepted* means that the user is signed in afterwards.',
    '',
    '| category | faults |',
    '|---|---|',
    ...categories.map(({ title, rows }) => `| ${title} | ${rows.length} |`),
    '',
  ];
  for (const { title, text, rows } of categories) {
    lines.push(
      `## ${title}`,
      '',
      text,
      '',
      '| fault | clause | outcome | code | refresh |',
      '|---|---|---|---|---|',
    );
    for (const { fault, outcome: came } of rows) {
      if (!came) {
        lines.push(
          `| ${cell(fault.name)} | ${cell(fault.clause ?? '')} | open: ${cell(fault.todo ?? '')} | | |`,
        );
        continue;
      }
      const cells = [
        fault.name,
        fault.clause ?? '',
        outcome(fault, came),
        `${came.codes}`,
        `${came.refreshes}`,
      ];
      lines.push(`| ${cells.map(cell).join(' | ')} |`);
    }
    lines.push('');
  }
  return lines.join('\n');
}

export const write = (text) => writeFileSync(path, text);
export function held() {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
