import { Link } from 'react-router';

import { Page } from '../parts/Page';

export function NotFoundPage() {
  return (
    <Page title="Page not found">
      <p>
        <Link to="/">Go to the start page</Link>
      </p>
    </Page>
  );
}
