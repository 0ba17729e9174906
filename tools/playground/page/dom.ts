/** The element of the page with this id. */
export function byId<Type extends HTMLElement = HTMLElement>(id: string): Type {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no ${id}`);
  return element as Type;
}

/** What a control holds. */
export const choiceOf = (id: string): string => byId<HTMLInputElement>(id).value;

/** Gives a select these options. */
export function setOptions(id: string, options: readonly (readonly [value: string, text: string])[]): void {
  byId<HTMLSelectElement>(id).replaceChildren(...options.map(([value, text]) => new Option(text, value)));
}
