/** Finds an element that the test page must have. */

export function findElement<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`websocket-test.html has no #${id}`);
  return element;
}
