import { IntelliAuthProvider } from '@intelliauth/spa-sdk/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';

import { App } from './App';
import { authOptions } from './config';

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <IntelliAuthProvider {...authOptions}>
      <BrowserRouter>
        <App />
      </BrowserRouter>
    </IntelliAuthProvider>
  </StrictMode>,
);
