// What neither rustc nor wasm-opt leaves out of the wasm: the words of panics, and the long names of imports.
import { readFileSync, writeFileSync } from 'node:fs';
import binaryen from 'binaryen';
import { Failed } from './run.mjs';

/** Where std begins to put a panic into words. Nobody would read them: a panic is a trap, and js/guard.ts sees to it. */
const PANICS =
  /^(__rustc(\[\w+\])?::rust_begin_unwind|(core|std)(\[\w+\])?::panicking::|core.*(_index_fail|_error_fail|unwrap_failed|expect_failed|panic_already)|alloc.*(handle_error|handle_alloc_error|capacity_overflow))/;

/** As in build.mjs: with more of them on, binaryen writes types that browsers refuse. */
const { BulkMemory, NontrappingFPToInt, SignExt, MutableGlobals, ReferenceTypes, Multivalue } =
  binaryen.Features;
const FEATURES = BulkMemory | NontrappingFPToInt | SignExt | MutableGlobals | ReferenceTypes | Multivalue;

/** Lets panics trap at once and gives the imports short names, in the wasm and in its glue. */
export function lean(wasmPath, gluePath) {
  const wasm = binaryen.readBinary(readFileSync(wasmPath));
  wasm.setFeatures(FEATURES);
  const functions = Array.from({ length: wasm.getNumFunctions() }, (_, at) =>
    binaryen.getFunctionInfo(wasm.getFunctionByIndex(at)),
  );
  let glue = readFileSync(gluePath, 'utf8');
  const replace = (from, to) => {
    if (!glue.includes(from)) throw new Failed(`glue.js has no ${from.trim()}: did wasm-bindgen change?`, '');
    glue = glue.replaceAll(from, to);
  };
  let count = 0;
  for (const { name, module, base, params, results } of functions) {
    if (base) {
      const short = `_${(count++).toString(36)}`;
      wasm.removeFunction(name);
      wasm.addFunctionImport(name, '_', short, params, results);
      replace(`\n        ${base}: `, `\n        ${short}: `);
      if (count === 1) replace(`"${module}": import0`, '_: import0');
    } else if (PANICS.test(name)) {
      wasm.removeFunction(name);
      wasm.addFunction(name, params, results, [], wasm.unreachable());
    }
  }
  replace('wasm = instance.exports;', 'wasm = guarded(instance.exports);');
  replace('wasm = wasmInstance.exports;', 'wasm = guarded(wasmInstance.exports);');
  writeFileSync(gluePath, `import { guarded } from './guard.js';\n${glue}`);
  writeFileSync(wasmPath, wasm.emitBinary());
  wasm.dispose();
}
