/**
 * One request as it was on the wire. Holds codes and tokens: it is for tests, never for printing.
 *
 * @typedef {object} Exchange
 * @property {number} at milliseconds since 1970
 * @property {string} method
 * @property {string} path
 * @property {Record<string, string>} query
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {any} body a form as an object, anything else as text; undefined if there is none
 * @property {number} [status] absent while unanswered, and for ever if the answer was never made
 * @property {any} [response] the token endpoint's JSON, also when a fault kept it from the client
 * @property {Fault} [fault] what `control.beforeToken` did to it
 *
 * @typedef {{ status: number, body?: unknown, headers?: Record<string, string> }} Answer
 * @typedef {'drop-before' | 'drop-after' | Answer} Fault
 *
 * What tests may change at any time; see README.md.
 * @typedef {object} Control
 * @property {(request: Exchange) => Promise<'pass' | Fault> | 'pass' | Fault} [beforeToken]
 * @property {(request: Exchange) => Promise<void> | void} [afterToken] the token endpoint has acted: its answer is held
 *   back until this resolves
 *
 * @typedef {Exchange[] & { on(listener: (exchange: Exchange) => void): () => void }} WireLog
 */

const LOG_LIMIT = 2000;
const BODY_LIMIT = 64 * 1024;

/** Sign-in and consent pages are not recorded: passwords pass through them. */
const RECORDED = /^\/(oauth2|api|\.well-known)\//;

/**
 * Records what reaches `handle`, and injects faults into the token endpoint.
 *
 * @param {object} parts
 * @param {import('node:http').RequestListener} parts.handle
 * @param {Control} parts.control
 * @param {Set<string>} parts.origins who may read an injected answer
 */
export function wire({ handle, control, origins }) {
  const listeners = new Set();
  /** @type {WireLog} */
  const log = Object.defineProperty([], 'on', {
    value(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });

  async function serve(req, res) {
    const { pathname, searchParams } = new URL(req.url, 'http://wire.invalid');
    if (!RECORDED.test(pathname)) return handle(req, res);

    /** @type {Exchange} */
    const exchange = {
      at: Date.now(),
      method: req.method,
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: { ...req.headers },
      body: undefined,
    };
    log.push(exchange);
    if (log.length > LOG_LIMIT) log.shift();
    const isToken = pathname === '/oauth2/token' && req.method === 'POST';

    let told = false;
    const tell = () => {
      if (told) return;
      told = true;
      for (const listener of listeners) listener(exchange);
    };
    const { end } = res;
    res.end = (...args) => {
      exchange.status = res.statusCode;
      if (isToken) exchange.response = parsed(args[0]);
      tell();
      const finish = () => (exchange.fault === 'drop-after' ? req.socket.destroy() : end.apply(res, args));
      const held = isToken && control.afterToken?.(exchange);
      if (held) held.then(finish);
      else finish();
      return res;
    };
    res.once('close', tell); // a client that left early gets no `end`

    exchange.body = await peekBody(req);
    const verdict = (isToken && (await control.beforeToken?.(exchange))) || 'pass';
    if (req.destroyed) return undefined; // the client left, and took the body with it
    if (verdict === 'pass') return handle(req, res);
    exchange.fault = verdict;
    if (verdict === 'drop-before') return req.socket.destroy();
    if (verdict === 'drop-after') return handle(req, res);
    return answer(req, res, verdict, origins);
  }

  const listener = (req, res) => {
    serve(req, res).catch((error) => {
      console.error(error);
      res.writeHead(500).end();
    });
  };
  return { log, listener };
}

/**
 * Reads the body and puts it back for the platform. Only bodies of a declared, modest length, as browsers send forms:
 * a stream takes chunks back only until its end was seen.
 */
function peekBody(req) {
  const length = Number(req.headers['content-length'] ?? 0);
  if (!length || length > BODY_LIMIT) return undefined;

  return new Promise((resolve) => {
    const chunks = [];
    let received = 0;
    const finish = () => {
      req.off('data', take).off('close', finish).pause();
      const body = Buffer.concat(chunks);
      if (!req.destroyed) req.unshift(body);
      const isForm = req.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
      resolve(isForm ? Object.fromEntries(new URLSearchParams(body.toString())) : body.toString());
    };
    const take = (chunk) => {
      chunks.push(chunk);
      received += chunk.length;
      if (received >= length) finish();
    };
    req.on('data', take).once('close', finish);
  });
}

function answer(req, res, { status, body = '', headers = {} }, origins) {
  const { origin } = req.headers;
  if (origins.has(origin)) res.setHeader('Access-Control-Allow-Origin', origin);
  res.setHeader('Vary', 'Origin');
  const isText = typeof body === 'string';
  res.setHeader('Content-Type', isText ? 'text/plain; charset=utf-8' : 'application/json');
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  res.statusCode = status;
  res.end(isText ? body : JSON.stringify(body));
}

function parsed(body) {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
