/**
 * The module with the body of one exported function replaced by `unreachable`: what a panic leaves behind, on demand.
 * WebAssembly Core 2.0 §5.5.
 *
 * @param {Buffer} bytes
 * @param {string} name the export's
 * @returns {Buffer}
 */
export function trapping(bytes, name) {
  const sections = [...sectionsOf(bytes)];
  const section = (id) => sections.find((each) => each.id === id);
  const index = exportedFunction(bytes, section(7).start, name);
  const body = index - importedFunctions(bytes);
  let at = section(10).start;
  const next = () => {
    const [value, end] = leb(bytes, at);
    at = end;
    return value;
  };
  next(); // how many
  for (let skip = 0; skip < body; skip++) {
    const size = next();
    at += size;
  }
  const size = next();
  const changed = Buffer.from(bytes);
  // No locals, `unreachable`, then `nop` up to the `end`.
  changed.fill(0x01, at, at + size - 1);
  changed[at] = 0x00;
  changed[at + 1] = 0x00;
  changed[at + size - 1] = 0x0b;
  return changed;
}

function* sectionsOf(bytes) {
  for (let at = 8; at < bytes.length; ) {
    const id = bytes[at];
    const [size, start] = leb(bytes, at + 1);
    yield { id, start };
    at = start + size;
  }
}

function exportedFunction(bytes, start, wanted) {
  let [count, at] = leb(bytes, start);
  for (; count > 0; count--) {
    const [length, text] = leb(bytes, at);
    const name = bytes.toString('utf8', text, text + length);
    const kind = bytes[text + length];
    const [index, end] = leb(bytes, text + length + 1);
    if (kind === 0 && name === wanted) return index;
    at = end;
  }
  throw new Error(`the module exports no function ${wanted}`);
}

const importedFunctions = (bytes) =>
  WebAssembly.Module.imports(new WebAssembly.Module(bytes)).filter(({ kind }) => kind === 'function').length;

/** An unsigned LEB128 number at `at`, and where it ends. */
function leb(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return [value, at];
  }
}
