// What neither rustc nor wasm-opt leaves out of the wasm: the words and places of panics, the long names of imports.
import { readFileSync, writeFileSync } from 'node:fs';
import binaryen from 'binaryen';
import { leanGlue } from './lean-glue.mjs';
import { Failed } from './run.mjs';
import { DATA, sections } from './wasm-format.mjs';

/** Where a panic begins. Nobody would read its words: a panic is a trap, and js/guard.ts sees to it. */
const PANICS = new RegExp(
  [
    '^__rustc(\\[\\w+\\])?::rust_begin_unwind',
    '^(core|std)(\\[\\w+\\])?::panicking::',
    '^core.*(_index_fail|_error_fail|unwrap_failed|expect_failed|panic_already)',
    '^alloc.*(handle_error|handle_alloc_error|capacity_overflow)',
  ].join('|'),
);

/** What puts it into words, kept alive by tables alone. Nothing else formats: that costs a kilobyte and more on the wire. */
const WORDS = /^<?core(\[\w+\])?::fmt::| as core(\[\w+\])?::fmt::\w+>::|PanicPayload|panic_handler::/;

/** How JavaScript would call closures and wake futures of Rust's: there are none, but the function table has slots for them. */
const INVOKERS = /^(<.*)?(wasm_bindgen(\[\w+\])?::convert::closures|js_sys(\[\w+\])?::futures)::/;

/** js-sys asks for the page's global object by four names, one after the other: every browser has the first. */
const GLOBAL_OBJECT = /^js_sys(\[\w+\])?::global::get_global_object(::h\w+)?$/;
const GLOBAL_THIS = /^__wbg_static_accessor_GLOBAL_THIS_/;
const OTHER_GLOBALS = /^__wbg_static_accessor_(SELF|WINDOW|GLOBAL)_(?!THIS)/;

/** What wasm-bindgen throws in words, such as that an object was freed, traps like a panic: js/guard.ts makes no difference. */
const THROW = /^__wbg___wbindgen_throw_/;

/** In a test DOM (jsdom, happy-dom) globalThis has what a window has and is none. That there is a page, start.ts asks. */
const WINDOW = /^__wbg_instanceof_Window_/;

/** A place in a source file, as std has it: address and length of the file's name, line, column. */
const PLACE = 16;
const ENDING = '.rs\0';

/** Blanks the places of panics and their files' names, wherever they were built: a trap has none. Zeros cost nothing. */
function blank(wasm) {
  const segments = data(wasm);
  const upTo = new Map();
  for (const { address, bytes } of segments) {
    for (let end = bytes.indexOf(ENDING); end >= 0; end = bytes.indexOf(ENDING, end + 1))
      upTo.set(address + end + 3, bytes.subarray(0, end + 3));
  }
  for (const { bytes } of segments) {
    for (let at = 0; at + PLACE <= bytes.length; at += 4) {
      const [address, length] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
      const file = upTo.get(address + length)?.subarray(-length);
      // Blanked already, or the name itself: two other numbers may have the same sum.
      if (file?.length !== length || !/^([\w./@+-]+|\0+)$/.test(file.latin1Slice())) continue;
      file.fill(0);
      bytes.fill(0, at, at + PLACE);
    }
  }
}

/** What panics would say, and what formatting needs: nothing reads it any more. What another compiler says besides stays. */
const SAID = [
  'slice index starts at ',
  ' but ends at ',
  'index out of bounds: the len is ',
  ' but the index is ',
  'range start index ',
  'range end index ',
  ' out of range for slice of length ',
  'swap_remove index (is ',
  'removal index (is ',
  ') should be < len (is ',
  'attempted to take ownership of Rust value while it was borrowed',
  'null pointer passed to rust',
  'recursive use of an object detected which would lead to unsafe aliasing in rust',
  'closure invoked recursively or after being dropped',
  'internal error: entered unreachable code',
  'called `Option::unwrap_throw()` on a `None` value',
  'called `Result::unwrap_throw()` on an `Err` value',
  'called `Result::unwrap()` on an `Err` value',
  'Tried to shrink to a larger capacity',
  'LazyCell instance has previously been poisoned',
  'RefCell already mutably borrowed',
  'RefCell already borrowed',
  'capacity overflow',
  'failed to get local_storage',
  'failed to get session_storage',
  'no local storage',
  'no session storage',
  'no window',
  'Utf8Error',
  'valid_up_to',
  '0x0123456789ABCDEF',
  '0123456789abcdef',
  Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0')).join(''),
].map((text) => Buffer.from(text));

/** The engine of base64 comes with a table for decoding, which core/base/encoding.rs does without. */
const DECODE = Buffer.alloc(256, 0xff);
for (const [at, letter] of Buffer.from(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
).entries())
  DECODE[letter] = at;

function hush(wasm) {
  for (const { bytes } of data(wasm)) {
    for (const text of [...SAID, DECODE])
      for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1))
        bytes.fill(0, at, at + text.length);
  }
}

/** The active data segments of a module: where each goes, and its bytes in place. */
function data(wasm) {
  const body = sections(wasm)[DATA];
  return Array.from({ length: body?.number() ?? 0 }, () => {
    // Memory 0, `i32.const`, the address, `end`.
    if (body.number() !== 0 || body.take(1)[0] !== 0x41)
      throw new Failed('a data segment of another kind', '');
    const address = body.number();
    body.take(1);
    return { address, bytes: body.take(body.number()) };
  });
}

/** Whatever does call what now traps would die of it: the build says so first. */
function speechless(text) {
  let caller = '';
  for (const [, define, quoted, bare] of text.matchAll(/\((func|call) \$(?:"([^"]*)"|([^\s()]+))/g)) {
    const name = quoted ?? bare;
    if (define === 'func') caller = name;
    else if (WORDS.test(name)) throw new Failed(`${caller} formats text, by ${name}`, '');
  }
}

/**
 * Gives the exports that are wasm-bindgen's own short names, and leaves out those that are not called.
 * `isCalled`: told the short name where there is one.
 */
function shorten(wasm, isCalled) {
  let count = 0;
  for (let at = wasm.getNumExports() - 1; at >= 0; at--) {
    const { name, value, kind } = binaryen.getExportInfo(wasm.getExportByIndex(at));
    const short = name.startsWith('__') ? `_${(count++).toString(36)}` : undefined;
    const called = isCalled(name, short);
    if (called && !short) continue;
    wasm.removeExport(name);
    if (called && kind === binaryen.ExternalFunction) wasm.addFunctionExport(value, short);
    else if (called && kind === binaryen.ExternalTable) wasm.addTableExport(value, short);
    else if (called) throw new Failed(`an export of another kind: ${name}`, '');
  }
}

/**
 * Lets panics trap at once and gives the imports short names, in the wasm and in its glue.
 * `namedPath`: where the same goes with its functions' names.
 */
export function lean(wasmPath, gluePath, features, namedPath) {
  const bytes = readFileSync(wasmPath);
  blank(bytes);
  hush(bytes);
  const wasm = binaryen.readBinary(bytes);
  wasm.setFeatures(features.reduce((all, name) => all | binaryen.Features[name], 0));
  const functions = Array.from({ length: wasm.getNumFunctions() }, (_, at) =>
    binaryen.getFunctionInfo(wasm.getFunctionByIndex(at)),
  );
  let glue = readFileSync(gluePath, 'utf8');
  const replace = (from, to) => {
    if (!glue.includes(from)) throw new Failed(`glue.js has no ${from.trim()}: did wasm-bindgen change?`, '');
    glue = glue.replaceAll(from, to);
  };
  const cut = (pattern, instead) => {
    if (!pattern.test(glue)) throw new Failed(`glue.js has no ${pattern}: did wasm-bindgen change?`, '');
    glue = glue.replace(pattern, instead);
  };
  const globalThisOf = functions.find(({ base }) => GLOBAL_THIS.test(base));
  if (!globalThisOf) throw new Failed('glue.js does not ask for globalThis: did js-sys change?', '');
  let count = 0;
  for (const { name, module, base, params, results } of functions) {
    const answer =
      OTHER_GLOBALS.test(base) || THROW.test(base)
        ? wasm.unreachable()
        : WINDOW.test(base)
          ? wasm.i32.const(1)
          : undefined;
    if (answer) {
      wasm.removeFunction(name);
      wasm.addFunction(name, params, results, [], answer);
      cut(new RegExp(`\n        ${base}: function\\([\\w, ]*\\) {.*?\n        },`, 's'), '');
    } else if (!base && GLOBAL_OBJECT.test(name)) {
      wasm.removeFunction(name);
      wasm.addFunction(name, params, results, [], wasm.call(globalThisOf.name, [], results));
    } else if (base) {
      const short = `_${(count++).toString(36)}`;
      wasm.removeFunction(name);
      wasm.addFunctionImport(name, '_', short, params, results);
      replace(`\n        ${base}: `, `\n        ${short}: `);
      if (count === 1) replace(`"${module}": import0`, '_: import0');
    } else if (PANICS.test(name) || WORDS.test(name) || INVOKERS.test(name)) {
      wasm.removeFunction(name);
      wasm.addFunction(name, params, results, [], wasm.unreachable());
    }
  }
  speechless(wasm.emitText());
  glue = leanGlue(glue);
  shorten(wasm, (name, short) => {
    const called = new RegExp(`\\bwasm\\.${name}\\b`, 'g');
    if (!called.test(glue)) return false;
    if (short) glue = glue.replace(called, `wasm.${short}`);
    return true;
  });
  writeFileSync(gluePath, glue);
  writeFileSync(wasmPath, wasm.emitBinary());
  binaryen.setDebugInfo(true);
  writeFileSync(namedPath, wasm.emitBinary());
  binaryen.setDebugInfo(false);
  wasm.dispose();
}
