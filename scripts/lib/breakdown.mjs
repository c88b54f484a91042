// Where the bytes of a wasm are: the code of its functions by the module that they belong to, as the name section has it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { root } from './run.mjs';
import { CODE, DATA, IMPORT, imported, Reader, sections } from './wasm-format.mjs';

const FUNCTION_NAMES = 1;

function functionNames(body) {
  const names = new Map();
  while (body && !body.done) {
    const id = body.take(1)[0];
    const part = new Reader(body.take(body.number()));
    if (id !== FUNCTION_NAMES) continue;
    for (let left = part.number(); left > 0; left--) names.set(part.number(), part.text());
  }
  return names;
}

/** The module of a function's path, as deep as three of its parts: `core/client/session`. */
export function groupOf(name) {
  const plain = name.replace(/\[[0-9a-f]+\]/g, '');
  if (/drop_in_place|drop_glue/.test(plain)) return 'drop glue';
  const own = /intelliauth_spa_sdk::((?:\w+::)*)\w/.exec(
    /^<?(&?(mut )?)?intelliauth_spa_sdk::/.test(plain) ? plain : '',
  );
  if (own) {
    const path = own[1].split('::').filter(Boolean).slice(0, 3);
    // What is no module is a type or a function that something is in.
    const isModule = () =>
      ['', '.rs'].some((ending) => existsSync(join(root, 'src', path.join('/') + ending)));
    while (path.length > 0 && !isModule()) path.pop();
    return path.join('/') || 'exports';
  }
  const crate = /^<?(?:&|mut |dyn |\[)*(\w+)::/.exec(plain)?.[1];
  if (['core', 'alloc', 'std'].includes(crate)) return `std ${crate}`;
  return crate ?? 'exports, glue of wasm-bindgen, memory';
}

/**
 * @param {Buffer} wasm with its name section
 * @returns {[group: string, raw: number, brotli: number][]} the largest first; the compressed sizes are of each group alone
 */
export function wasmGroups(wasm) {
  const found = sections(wasm);
  const names = functionNames(found.names);
  const groups = new Map();
  const add = (group, bytes) => groups.set(group, [...(groups.get(group) ?? []), bytes]);
  let index = imported(found[IMPORT]);
  const code = found[CODE];
  for (let left = code.number(); left > 0; left--)
    add(groupOf(names.get(index++) ?? ''), code.take(code.number()));
  if (found[DATA]) add('texts and tables', found[DATA].bytes);
  return [...groups]
    .map(([group, parts]) => {
      const bytes = Buffer.concat(parts);
      return [group, bytes.length, brotliCompressSync(bytes).length];
    })
    .sort(([, a], [, b]) => b - a);
}
