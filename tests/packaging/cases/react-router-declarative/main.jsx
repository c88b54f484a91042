import { IntelliAuthProvider } from '@intelliauth/spa-sdk/react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter, Route, Routes, useNavigate } from 'react-router';
import { Account } from './Account.jsx';

function App() {
  const navigate = useNavigate();
  return (
    <IntelliAuthProvider
      {...window.given}
      redirectUri="/callback"
      navigate={(url) => navigate(url, { replace: true })}
    >
      <Routes>
        <Route path="/" element={<Account />} />
        <Route path="/callback" element={<p>Signing in</p>} />
      </Routes>
    </IntelliAuthProvider>
  );
}

createRoot(document.querySelector('main')).render(
  <BrowserRouter>
    <App />
  </BrowserRouter>,
);
