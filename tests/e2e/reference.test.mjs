// docs/options.md is held to the declarations: every option, its type, its default and its unit.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/lib/run.mjs';

const declarations = ['js/options.types.ts', 'js/types.ts']
  .map((path) => readFileSync(join(root, path), 'utf8'))
  .join('');
const page = readFileSync(join(root, 'docs/options.md'), 'utf8');

const SECTIONS = {
  'The client': 'IntelliAuthOptions',
  Endpoints: 'Endpoints',
  'The provider': 'ProviderCallbacks',
  loginWithRedirect: 'LoginOptions',
  getAccessToken: 'AccessTokenOptions',
  logout: 'LogoutOptions',
};

/** A type as the page writes it: without `undefined`, and a union of texts in place of its name. */
function plain(type) {
  const alias = declarations.match(
    new RegExp(`^export type ${type.replace(' | undefined', '')} = ('.*);$`, 'm'),
  );
  return (alias?.[1] ?? type).replace(/ \| undefined$/, '').replace(/^\((.*)\)$/, '$1');
}

/** The members of an interface, as rows of the page. */
function declared(name) {
  const [, body] = declarations.match(new RegExp(`^export interface ${name} {\\n([\\s\\S]*?)^}`, 'm'));
  return [...body.matchAll(/^((?: {2}(?:\/\*\*| \*).*\n)*) {2}(\w+)(\??): (.*);$/gm)].map(
    ([, comment, member, optional, type]) => ({
      member,
      type: plain(type),
      required: !optional,
      default: comment.match(/@defaultValue (.*?)(?: \*\/)?$/m)?.[1],
      seconds: /\bseconds\b/.test(comment),
    }),
  );
}

/** The rows below a heading of the page. */
function written(heading) {
  const [, text] = page.match(new RegExp(`^#+ ${heading}\\n([\\s\\S]*?)(?=^#|(?![\\s\\S]))`, 'm'));
  return [...text.matchAll(/^\| `(\w+)` \| `(.*?)` \| (.*?) \| (.*) \|$/gm)].map(
    ([, member, type, byDefault, what]) => ({
      member,
      type: type.replaceAll('\\|', '|'),
      default: byDefault,
      seconds: /\bseconds\b/.test(what),
    }),
  );
}

for (const [heading, name] of Object.entries(SECTIONS)) {
  test(`docs/options.md has every member of ${name}, with its type, default and unit`, () => {
    const rows = written(heading);
    const members = declared(name);
    assert.ok(members.length > 1);
    assert.deepEqual(
      rows.map(({ member, type, seconds }) => ({ member, type, seconds })),
      members.map(({ member, type, seconds }) => ({ member, type, seconds })),
    );
    for (const [at, { member, required, default: byDefault }] of members.entries()) {
      if (required) assert.equal(rows[at].default, 'required', member);
      else if (byDefault) assert.equal(rows[at].default, byDefault, member);
      else assert.notEqual(rows[at].default, 'required', member);
    }
  });
}
