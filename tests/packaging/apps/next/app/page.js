'use client';
import { useIntelliAuth } from '@intelliauth/spa-sdk/react';

export default function Page() {
  const { status, user, error, loginWithRedirect } = useIntelliAuth();
  if (error) return <p role="alert">{error.code}</p>;
  if (status === 'loading') return <p>Loading</p>;
  if (status === 'authenticated') return <h1>{user.name}</h1>;
  return (
    <button type="button" onClick={loginWithRedirect}>
      Sign in
    </button>
  );
}
