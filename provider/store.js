/**
 * oidc-provider's adapter over one Map per provider, so that two providers in one process share nothing.
 * The library ships one too, but keeps it internal and warns when it is used.
 */

/** Revoked together with the grant that they were issued under. */
const GRANTED = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken']);

/** The oldest records go first, so that a provider left running for weeks stays small. */
const LIMIT = 20_000;

/** @returns {import('oidc-provider').AdapterFactory} */
export function memoryStore() {
  /** @type {Map<string, { model: string, payload: any, until: number }>} */
  const records = new Map();

  const live = (key) => {
    const record = records.get(key);
    if (record && record.until > Date.now()) return record;
    records.delete(key);
    return undefined;
  };

  return (model) => ({
    async upsert(id, payload, expiresIn) {
      const key = `${model}:${id}`;
      records.delete(key); // re-inserting moves the record to the young end
      records.set(key, { model, payload, until: expiresIn ? Date.now() + expiresIn * 1000 : Infinity });
      if (records.size > LIMIT) records.delete(records.keys().next().value);
    },

    async find(id) {
      return live(`${model}:${id}`)?.payload;
    },

    async findByUid(uid) {
      for (const [key, record] of records) {
        if (record.model === model && record.payload.uid === uid) return live(key)?.payload;
      }
      return undefined;
    },

    async findByUserCode() {
      return undefined; // the device flow is off
    },

    async consume(id) {
      const record = live(`${model}:${id}`);
      if (record) record.payload.consumed = Math.floor(Date.now() / 1000);
    },

    async destroy(id) {
      records.delete(`${model}:${id}`);
    },

    async revokeByGrantId(grantId) {
      for (const [key, record] of records) {
        if (GRANTED.has(record.model) && record.payload.grantId === grantId) records.delete(key);
      }
    },
  });
}
