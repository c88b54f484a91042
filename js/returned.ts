/** Whether the user came to this page by the back or forward button, for example from the platform's page. */
export function returned(): boolean {
  // Jest's jsdom has no such method.
  const [entry] = performance.getEntriesByType?.('navigation') ?? [];
  return (
    (entry as PerformanceNavigationTiming | undefined)?.type === 'back_forward' &&
    entry?.name === location.href
  );
}
