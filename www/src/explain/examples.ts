/** What a user with a stuck sign-in may have at hand. All of it is made up. */
export interface Example {
  readonly title: string;
  readonly text: string;
  readonly redirectUris?: string;
}

const authorize =
  'https://tenant.example/oauth2/authorize?response_type=code&client_id=my-app&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback%2F&scope=openid%20profile&state=af0ifjsldkjaf0ifjsldkj&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256';

export const examples: readonly Example[] = [
  { title: 'An authorize URL', text: authorize, redirectUris: 'https://app.example/callback' },
  {
    title: 'A callback with an error',
    text: 'https://app.example/callback?error=invalid_scope&error_description=The+scope+offline+is+not+allowed&state=af0ifjsldkjaf0ifjsldkj',
  },
  {
    title: 'A curl line',
    text: `curl https://tenant.example/oauth2/token \\
  -d grant_type=authorization_code \\
  -d client_id=my-app \\
  -d client_secret=a-secret-in-a-browser \\
  -d code=SplxlOBeZQQYbYS6WxSbIA \\
  -d redirect_url=https://app.example/callback`,
  },
  {
    title: 'An error answer',
    text: '{"error":"invalid_grant","error_description":"The provided authorization grant is invalid"}',
  },
];
