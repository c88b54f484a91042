/** The address of the SDK's wasm, in bundlers that import a file as its address; the option `wasm` takes it. */
declare const url: string;
export default url;
