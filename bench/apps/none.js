import { run } from 'bench-page';

run(async () => ({ signedIn: true, signIn() {}, token: async () => '' }));
