import '@intelliauth/spa-sdk/preload';
import './intelliauth-react.jsx';
