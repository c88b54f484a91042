import { Component, provideZonelessChangeDetection, signal } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { type AuthState, createIntelliAuth, type IntelliAuth } from '@intelliauth/spa-sdk';

declare const window: Window & { given: { tenantUrl: string; clientId: string } };

@Component({
  selector: 'app-root',
  template: `
    @if (state().status === 'loading') {
      <p>Loading</p>
    } @else if (state().user; as user) {
      <h1>{{ user.name }}</h1>
    } @else {
      <button type="button" (click)="signIn()">Sign in</button>
    }
  `,
})
class App {
  readonly state = signal<AuthState>({ status: 'loading' });
  private auth?: IntelliAuth;

  constructor() {
    void this.start();
  }

  private async start(): Promise<void> {
    const auth = await createIntelliAuth({ ...window.given, redirectUri: '/callback' });
    this.auth = auth;
    if (auth.isCallback()) {
      const { returnTo } = await auth.handleCallback();
      history.replaceState(history.state, '', returnTo);
    }
    this.state.set(auth.getState());
    auth.subscribe((state) => this.state.set(state));
  }

  signIn(): void {
    void this.auth?.loginWithRedirect();
  }
}

bootstrapApplication(App, { providers: [provideZonelessChangeDetection()] });
