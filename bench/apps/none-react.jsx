import { Status, show } from './show.jsx';

show(<Status settled signedIn signIn={() => {}} token={async () => ''} />);
