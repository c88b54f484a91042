/** Ways to answer, good and bad. Each makes an `Answer` of `tenant.mjs`. */
import { once } from 'node:events';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** @typedef {import('./tenant.mjs').Answer} Answer */

/** @returns {Answer} */
export const text =
  (status, body, type = 'text/html; charset=utf-8', headers = {}) =>
  ({ res }) => {
    res.writeHead(status, type ? { 'content-type': type, ...headers } : headers).end(body);
  };
/** @returns {Answer} */
export const json =
  (status, value, headers = {}) =>
  (turn) =>
    text(
      status,
      typeof value === 'string' ? value : JSON.stringify(value),
      'application/json',
      headers,
    )(turn);
/** An OAuth error, RFC 6749 §5.2. @returns {Answer} */
export const refuse = (error, status = 400, headers = {}) =>
  json(status, { error, error_description: 'as the fault has it' }, headers);
export const html = (status = 200) =>
  text(status, '<!doctype html><title>Sign in</title><h1>Wi-Fi login</h1>');

/** The good answer, sent in an odd way. @param {(body: string, turn: import('./tenant.mjs').Turn) => unknown} send @returns {Answer} */
export const goodly = (send) => async (turn) => send(JSON.stringify(await turn.good()), turn);
/** The good answer's JSON text, changed. @param {(body: string) => string | Buffer} change @returns {Answer} */
export const rewritten = (change, type = 'application/json') =>
  goodly((body, turn) => text(200, change(body), type)(turn));
/** The good answer with other headers. @returns {Answer} */
export const headed = (headers, status = 200) => goodly((body, turn) => json(status, body, headers)(turn));

/** Never answers: the time limit passes. @returns {Answer} */
export const hang =
  () =>
  ({ tenant }) =>
    tenant.passTimeLimit();
/** @returns {Answer} */
export const reset =
  () =>
  ({ req }) =>
    req.socket.resetAndDestroy();
/** Closes without a word. @returns {Answer} */
export const close =
  () =>
  ({ req }) =>
    req.socket.destroy();
/** @returns {Answer} */
export const redirect =
  (status, to) =>
  ({ res, tenant }) => {
    res.writeHead(status, { location: to(tenant) }).end();
  };

/** The good answer without, or with other, CORS headers. @returns {Answer} */
export const cors = (...origins) =>
  goodly((body, { res }) => {
    res.removeHeader('access-control-allow-origin');
    if (origins.length > 0)
      res.setHeader('access-control-allow-origin', origins.length > 1 ? origins : origins[0]);
    res.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });

/** Bytes straight into the socket. `make` gets the good body and the CORS header. @returns {Answer} */
export const raw = (make, { end = true } = {}) =>
  goodly((body, { req, tenant }) => {
    const bytes = make(body, `Access-Control-Allow-Origin: ${tenant.app}\r\nConnection: close\r\n`);
    if (end) req.socket.end(bytes);
    else req.socket.write(bytes);
  });

/** Sends what `pieces` yields, one after each pause of so many milliseconds, until the browser hangs up. */
export async function drip(stream, pieces, pause) {
  for (const piece of pieces) {
    if (stream.destroyed) return;
    stream.write(piece);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
/** The same piece for ever. */
export function* endlessly(piece) {
  for (;;) yield piece;
}
/** Resolves once the tenant's page has the headers of the answer to this turn. @param {import('./tenant.mjs').Turn} turn */
export const headersRead = ({ tenant, req }) =>
  tenant.page.waitForResponse((response) => response.url() === tenant.origin + req.url);

/** Streams until the browser hangs up, at most `limit` bytes, and notes how many were taken. @returns {Answer} */
export const endless =
  (limit) =>
  async ({ res, tenant }) => {
    res.writeHead(200, { 'content-type': 'application/json' });
    res.write('{"access_token":"');
    const chunk = 'x'.repeat(64 * 1024);
    tenant.taken = 0;
    const left = once(res, 'close');
    while (!res.destroyed && tenant.taken < limit) {
      tenant.taken += chunk.length;
      if (!res.write(chunk)) await Promise.race([new Promise((taken) => res.once('drain', taken)), left]);
    }
    res.end();
  };

const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };
const encoders = {
  gzip: promisify(gzip),
  br: (body) => promisify(brotliCompress)(body, quick),
};
/** 64 MB of one character, compressed, made before anybody waits for it. @returns {Answer} */
export const bombed = (encoding, character = 'x') => {
  const made = bomb(encoding, character);
  return async ({ res }) => {
    const bytes = await made;
    res.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding }).end(bytes);
  };
};
const bombs = new Map();
const bomb = (encoding, character) => {
  const name = `${encoding} ${character}`;
  if (!bombs.has(name)) bombs.set(name, encoders[encoding](character.repeat(64 << 20)));
  return bombs.get(name);
};
/** A compressed body. @param {(body: string) => string | Buffer} make @returns {Answer} */
export const encoded = (encoding, make = (body) => body) =>
  goodly(async (body, { res }) => {
    const bytes = await encoders[encoding](make(body));
    res.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding }).end(bytes);
  });

/** The first answers are as given, one each; after them the endpoint is good. @param {...Answer} answers @returns {Answer} */
export const onceThenGood = (...answers) => {
  const left = [...answers];
  return (turn) => (left.shift() ?? goodly((body, { res }) => json(200, body)({ res })))(turn);
};
