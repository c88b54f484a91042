import { useSearchParams } from 'react-router';

import { Page } from '../parts/Page';

export function ReportsPage() {
  const [query] = useSearchParams();
  const year = query.get('year') ?? String(new Date().getFullYear());
  return (
    <Page title="Reports">
      <p>
        The reports of <strong>{year}</strong>. Only a user who is signed in sees this page, and a sign-in
        that starts here comes back here, query included.
      </p>
    </Page>
  );
}
