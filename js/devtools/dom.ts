/** Elements by DOM calls alone: no markup and no style attribute, which a strict policy or Trusted Types would refuse. */

type Child = Node | string | undefined;
type Attributes = Record<string, string | EventListener | undefined>;

function filled<E extends Element>(element: E, attributes: Attributes, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

export const html = <K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] => filled(document.createElement(name), attributes, children);

export const svg = <K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Record<string, string | number> = {},
  ...children: Child[]
): SVGElementTagNameMap[K] => {
  const texts = Object.entries(attributes).map(([name, value]) => [name, String(value)]);
  return filled(
    document.createElementNS('http://www.w3.org/2000/svg', name),
    Object.fromEntries(texts),
    children,
  );
};

/** Makes the children these. What is the same stays, and with it the focus. */
export function become(parent: Element, ...children: Child[]): void {
  const wanted = children.filter((child) => child !== undefined);
  const there = [...parent.childNodes];
  for (const gone of there.slice(wanted.length)) gone.remove();
  for (const [at, child] of wanted.entries()) {
    const node = typeof child === 'string' ? document.createTextNode(child) : child;
    const before = there[at];
    if (!before) parent.append(node);
    else if (!before.isEqualNode(node)) before.replaceWith(node);
  }
}
