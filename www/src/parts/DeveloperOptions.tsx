import { defaults, settings } from '../config';
import { overrideNames } from '../overrides';

const changed = overrideNames.filter((name) => settings[name] !== defaults[name]);
const reset = `/?${new URLSearchParams(overrideNames.map((name) => [name, '']))}`;

/** A plain form: its answers are the address's query, which `overrides.ts` reads. */
export function DeveloperOptions() {
  return (
    <details className="developer" open={changed.length > 0}>
      <summary>Developer options{changed.length > 0 && ` (${changed.length} changed)`}</summary>
      <p className="quiet">
        To see what a mistake looks like, change the SDK’s options for this tab, here or in the address:{' '}
        <code>?redirectUri=…</code>, <code>?clientId=…</code>, <code>?tenantUrl=…</code>,{' '}
        <code>?tokenStorage=memory</code>, <code>?discovery=1</code>. This is the demo’s own; the SDK never
        reads its options from an address.
      </p>
      <form action="/">
        <label>
          Tenant URL
          <input name="tenantUrl" type="url" defaultValue={settings.tenantUrl} />
        </label>
        <label>
          Client ID
          <input name="clientId" defaultValue={settings.clientId} autoComplete="off" spellCheck={false} />
        </label>
        <label>
          Redirect URI
          <input name="redirectUri" type="url" defaultValue={settings.redirectUri} />
        </label>
        <label>
          Token storage
          <select name="tokenStorage" defaultValue={settings.tokenStorage}>
            <option value="session">session: this tab</option>
            <option value="memory">memory: this page</option>
            <option value="local">local: every tab</option>
          </select>
        </label>
        <label>
          Discovery
          <select name="discovery" defaultValue={settings.discovery}>
            <option value="0">off</option>
            <option value="1">on</option>
          </select>
        </label>
        <div className="row">
          <button type="submit">Use these</button>
          <a href={reset}>Back to the defaults</a>
        </div>
      </form>
    </details>
  );
}
