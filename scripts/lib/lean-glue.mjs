// The glue of wasm-bindgen without what this SDK's browsers, its one wasm or its own calls do not need.
import { Failed } from './run.mjs';

/** `js/loader.ts` has a module or its bytes at hand, no address or response, and loads them once. */
const LOAD = `async function __wbg_init({ module_or_path }) {
    if (wasm !== undefined) return wasm;
    const made = await WebAssembly.instantiate(module_or_path, __wbg_get_imports());
    return made instanceof WebAssembly.Instance
        ? __wbg_finalize_init(made, module_or_path)
        : __wbg_finalize_init(made.instance, made.module);
}
`;

/** One encoder for every text. wasm-bindgen's copies ASCII letter by letter, which is quicker for longer texts alone. */
const PASS_TEXT = `function passStringToWasm0(text) {
    return passArray8ToWasm0(cachedTextEncoder.encode(text), wasm.__wbindgen_malloc);
}
`;

const CATCH = `function caught(call) {
    return (...args) => {
        try {
            return call(...args);
        } catch (thrown) {
            wasm.__wbindgen_exn_store(addToExternrefTable0(thrown));
        }
    };
}
`;

/** A text, a list or none, as the two numbers that the wasm reads. */
const GIVE = `function give(to, pointer) {
    getDataViewMemory0().setInt32((to >>> 0) + 4, WASM_VECTOR_LEN, true);
    getDataViewMemory0().setInt32(to >>> 0, pointer, true);
}
`;

/** A client outlives no instance: after a trap its number would be another's. */
const CHECK = `function check(core) {
    if (core.__wbg_inst !== __wbg_instance_id) throw new Error('stale');
}
`;

/** What is replaced by what. Each must be there: if not, wasm-bindgen has changed. */
const CHANGES = [
  // Nobody frees a client but the browser, whose FinalizationRegistry they all have.
  [/ {4}__destroy_into_raw\(\) {.*?\n {4}}\n {4}free\(\) {.*?\n {4}}\n/s, ''],
  [/if \(Symbol\.dispose\).*\n/, ''],
  [/\(typeof FinalizationRegistry === 'undefined'\)\n.*\n {4}: new/, 'new'],
  // Nothing schedules another instance.
  [/ *__wbg_call_guard\(\);\n/g, ''],
  [/function __wbg_call_guard\(\) {.*?\n}\n/s, ''],
  [/ *(let )?__wbg_reinit_scheduled = false;\n/g, ''],
  [/ *if \(typeof (numBytesDecoded|WASM_VECTOR_LEN) !== 'undefined'\) .*\n/g, ''],
  // TypeScript has looked at what is passed.
  [/ *_assertClass\(core, Core\);\n/g, ''],
  [/function _assertClass\(.*?\n}\n/s, ''],
  [/if \(\(?(this|core)\)?\.__wbg_inst !== undefined .*\n.*\n *}/g, 'check($1);'],
  // Encoding does not fail.
  [/ *try {\n(( *(ptr|len)\d = .*\n)+) *} catch \(e\) {\n.*?throw e;\n *}\n/s, '$1'],
  [/, wasm\.__wbindgen_malloc, wasm\.__wbindgen_realloc\)/g, ')'],
  [/function passStringToWasm0\(.*?\n}\n/s, PASS_TEXT],
  [/if \(!\('encodeInto' in .*?\n}\n/s, ''],
  [
    /cachedDataViewMemory0 === null \|\| .*?\)\) {/,
    'cachedDataViewMemory0?.buffer !== wasm.memory.buffer) {',
  ],
  [/(const|var) ptr1 = (.*);\n.*\n *getDataViewMemory0\(\)\.setInt32.*\n.*;/g, 'give(arg0, $2);'],
  [/function isLikeNone/, `${GIVE}${CHECK}$&`],
  [
    /function\(\) { return handleError\(function \((.*?)\) {\n(.*?)\n {8}}, arguments\); },/gs,
    'caught(($1) => {\n$2\n        }),',
  ],
  [/function handleError\(.*?\n}\n/s, CATCH],
  [/(\n {8}\w+: )function\((.*?)\) {/g, '$1($2) => {'],
  [/async function __wbg_load\(.*?\n}\n/s, ''],
  [
    /let __wbg_init_promise;\nasync function __wbg_init\(.*?\n}\n\nasync function __wbg_init_once\(.*?\n}\n/s,
    LOAD,
  ],
  // A trace records what the wasm reads, and a replay answers it again: js/guard.ts.
  [/typeof globalThis === 'undefined' \? undefined : globalThis/, 'scope'],
  [/globalThis\.crypto/, 'scope.crypto'],
  [/= (Date\.now|performance\.now|Math\.random)\(\)/g, '= scope.$1()'],
  [/= new Request\(/, '= new scope.Request('],
  [/wasm = (instance|wasmInstance)\.exports;/g, 'wasm = guarded($1.exports);'],
];

/** The glue, after its imports have got their short names. */
export function leanGlue(glue) {
  if (/make(Mut)?Closure\(/.test(glue))
    throw new Failed('the glue makes closures, whose invokers are left out', '');
  let leaner = glue;
  for (const [pattern, instead] of CHANGES) {
    if (leaner.search(pattern) < 0)
      throw new Failed(`glue.js has no ${pattern}: did wasm-bindgen change?`, '');
    leaner = leaner.replace(pattern, instead);
  }
  return `import { guarded, scope } from './guard.js';\n${leaner}`;
}
