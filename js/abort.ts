/** `work`, unless the caller stops waiting first: then the caller's reason. The work itself goes on. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  // What is no signal, the client refuses. By its shape: a test's DOM may have another `AbortSignal` than `Request` has.
  if (typeof signal?.addEventListener !== 'function') return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort);
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    if (signal.aborted) abort();
  });
}
