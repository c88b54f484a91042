export default function Page() {
  return <p>Signing in</p>;
}
