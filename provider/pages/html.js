/** Markup that is already escaped. */
class Html extends String {}

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A template whose values are escaped unless they are templates themselves; lists are joined, `undefined` and `false` vanish. */
export function html(strings, ...values) {
  return new Html(String.raw({ raw: strings }, ...values.map(escaped)));
}

/** Marks text from oidc-provider's own templates as markup. */
export const trusted = (markup) => new Html(markup);

function escaped(value) {
  if (value instanceof Html) return value;
  if (Array.isArray(value)) return value.map(escaped).join('');
  if (value === undefined || value === false) return '';
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}
