/**
 * The users who can sign in. Their passwords are printed on the sign-in page: nothing here is a secret.
 *
 * @typedef {object} Account
 * @property {string} accountId the `sub` claim, the same in every run
 * @property {string} password
 * @property {Record<string, string | boolean>} profile every claim but `sub`
 */

/** @type {readonly Account[]} */
export const accounts = [
  person('usr_ada', 'Ada', 'Lovelace', 'analytical-engine'),
  person('usr_grace', 'Grace', 'Hopper', 'first-compiler'),
  person('usr_alan', 'Alan', 'Turing', 'universal-machine'),
];

/** @returns {Account} */
function person(accountId, given, family, password) {
  const username = given.toLowerCase();
  return {
    accountId,
    password,
    profile: {
      name: `${given} ${family}`,
      given_name: given,
      family_name: family,
      preferred_username: username,
      email: `${username}@example.com`,
      email_verified: true,
    },
  };
}

/** Which claims each scope asks for, OpenID Connect Core §5.4. */
export const claimsOfScope = {
  openid: ['sub'],
  profile: ['name', 'given_name', 'family_name', 'preferred_username'],
  email: ['email', 'email_verified'],
};

/** @returns {Account | undefined} */
export const accountById = (id) => accounts.find(({ accountId }) => accountId === id);

/** @returns {Account | undefined} */
export function authenticate(email, password) {
  const wanted = email.trim().toLowerCase();
  return accounts.find((account) => account.profile.email === wanted && account.password === password);
}
