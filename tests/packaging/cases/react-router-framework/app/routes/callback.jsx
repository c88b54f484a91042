export default function Callback() {
  return <p>Signing in</p>;
}
