import { Link } from 'react-router';

/** The demo's other pages, beside the sign-in. */
export function Further() {
  return (
    <nav className="further" aria-labelledby="further">
      <h2 id="further">Look further</h2>
      <ul>
        <li>
          <Link to="/lab">Why the session holds</Link>: the SDK in a simulated world of tabs, which you may
          try to break
        </li>
        <li>
          <Link to="/mistakes">Mistakes, made for real</Link>: the classic ones, and what the SDK says about
          each
        </li>
        <li>
          <Link to="/explain">What is wrong with this sign-in?</Link>: paste a URL or an error, and see it
          taken apart
        </li>
      </ul>
    </nav>
  );
}
