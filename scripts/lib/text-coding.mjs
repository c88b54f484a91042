// UTF-8 where the platform has no coder: Jest's jsdom. Becomes part of the CommonJS files in place of the globals.

const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

export const TextEncoder =
  globalThis.TextEncoder ??
  class {
    encode(text = '') {
      const escaped = encodeURIComponent(text.replace(LONE, '\ufffd'));
      const octets = escaped.match(/%..|[^%]/g) ?? [];
      return Uint8Array.from(octets, (octet) =>
        octet.length === 3 ? Number.parseInt(octet.slice(1), 16) : octet.charCodeAt(0),
      );
    }
  };

export const TextDecoder =
  globalThis.TextDecoder ??
  class {
    /** Of well-formed octets: Rust's strings are. */
    decode(octets = new Uint8Array()) {
      const escaped = Array.from(octets, (octet) => `%${octet.toString(16).padStart(2, '0')}`);
      return decodeURIComponent(escaped.join(''));
    }
  };
